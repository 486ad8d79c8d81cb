#include "nn/plane_conv.hpp"

#include "nn/kernels.hpp"
#include "nn/product.hpp"

namespace cance::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Extents of the plane, and of the grid of patches over it.
struct Extents {
  std::int64_t images, plane_height, plane_width, rows, columns;
  PlaneGeometry geometry;

  [[nodiscard]] kernels::Patches patches() const {
    const auto size = [](std::int64_t value) { return static_cast<std::size_t>(value); };
    return {size(plane_height),    size(plane_width),     size(rows),
            size(columns),         size(geometry.kernel), size(geometry.stride),
            size(geometry.padding)};
  }
};

Extents over_plane(const Tensor& plane, const PlaneGeometry& g) {
  const auto count = [&g](std::int64_t extent) {
    return (extent + 2 * g.padding - g.kernel) / g.stride + 1;
  };
  return {plane.size(0),        plane.size(2),        plane.size(3),
          count(plane.size(2)), count(plane.size(3)), g};
}

Extents over_grid(const Tensor& grid, const PlaneGeometry& g) {
  const auto extent = [&g](std::int64_t count) {
    return (count - 1) * g.stride - 2 * g.padding + g.kernel;
  };
  return {grid.size(0), extent(grid.size(2)), extent(grid.size(3)), grid.size(2), grid.size(3), g};
}

/// (B, 1, H, W) to patches (B h w, k k).
Tensor to_patches(const Tensor& plane, const Extents& e) {
  const Tensor x = plane.contiguous();
  const std::int64_t k = e.geometry.kernel;
  Tensor patches = torch::empty({e.images * e.rows * e.columns, k * k}, x.options());
  kernels::plane_to_patches(x.const_data_ptr<float>(), static_cast<std::size_t>(e.images),
                            e.patches(), patches.mutable_data_ptr<float>());
  return patches;
}

/// The adjoint: overlapping patches summed into planes.
Tensor from_patches(const Tensor& patches, const Extents& e) {
  Tensor plane = torch::empty({e.images, 1, e.plane_height, e.plane_width}, patches.options());
  kernels::patches_to_plane(patches.const_data_ptr<float>(), static_cast<std::size_t>(e.images),
                            e.patches(), plane.mutable_data_ptr<float>());
  return plane;
}

/// (B, C, h, w) in channels-last memory as the matrix (B h w, C), and back.
Tensor as_rows(const Tensor& t) {
  return t.permute({0, 2, 3, 1}).contiguous().view({-1, t.size(1)});
}
Tensor as_images(const Tensor& rows, const Extents& e) {
  return rows.view({e.images, e.rows, e.columns, rows.size(1)}).permute({0, 3, 1, 2});
}
Tensor as_matrix(const Tensor& weight) { return weight.contiguous().view({weight.size(0), -1}); }

PlaneGeometry load(AutogradContext* context) {
  const auto of = [context](const char* key) { return context->saved_data[key].toInt(); };
  return {of("kernel"), of("stride"), of("padding")};
}

void save(AutogradContext* context, const PlaneGeometry& g) {
  context->saved_data["kernel"] = g.kernel;
  context->saved_data["stride"] = g.stride;
  context->saved_data["padding"] = g.padding;
}

class ConvFunction : public torch::autograd::Function<ConvFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
    const Extents e = over_plane(x, {kernel, stride, padding});
    const Tensor patches = to_patches(x, e);
    context->save_for_backward({x, weight, patches});
    save(context, e.geometry);
    return as_images(product(patches, false, as_matrix(weight), true), e);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor g = as_rows(gradients[0]);
    Tensor dx;
    if (context->needs_input_grad(0)) {
      dx = from_patches(product(g, false, as_matrix(saved[1]), false),
                        over_plane(saved[0], load(context)));
    }
    const Tensor dweight = product(g, true, saved[2], false).view(saved[1].sizes());
    return {dx, dweight, Tensor(), Tensor(), Tensor()};
  }
};

class TransposeFunction : public torch::autograd::Function<TransposeFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
    const Extents e = over_grid(x, {kernel, stride, padding});
    const Tensor rows = as_rows(x);
    context->save_for_backward({x, weight, rows});
    save(context, e.geometry);
    return from_patches(product(rows, false, as_matrix(weight), false), e);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Extents e = over_grid(saved[0], load(context));
    const Tensor patches = to_patches(gradients[0], e);
    Tensor dx;
    if (context->needs_input_grad(0)) {
      dx = as_images(product(patches, false, as_matrix(saved[1]), true), e);
    }
    const Tensor dweight = product(saved[2], true, patches, false).view(saved[1].sizes());
    return {dx, dweight, Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor plane_conv(const Tensor& x, const Tensor& weight, const PlaneGeometry& geometry) {
  return ConvFunction::apply(x, weight, geometry.kernel, geometry.stride, geometry.padding);
}

Tensor plane_conv_transpose(const Tensor& x, const Tensor& weight, const PlaneGeometry& geometry) {
  return TransposeFunction::apply(x, weight, geometry.kernel, geometry.stride, geometry.padding);
}

}  // namespace cance::nn
