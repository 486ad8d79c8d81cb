#include "nn/fast/patch_conv.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>

#include <algorithm>

#include "base/cast.hpp"
#include "nn/differentiable.hpp"
#include "nn/fast/kernels.hpp"
#include "nn/fast/product.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

constexpr std::int64_t kTileNumbers = 1 << 16;  // of patches: a quarter of the L2 cache

float* floats(const Tensor& t) { return t.mutable_data_ptr<float>(); }

/// Patches over a batch of planes, as a matrix (images rows columns, h w channels) of which some
/// grid rows are made at a time.
class Patches {
 public:
  Patches(std::int64_t images, kernels::Patches shape)
      : shape_(shape),
        grid_rows_(images * to<std::int64_t>(shape.rows)),
        columns_(to<std::int64_t>(shape.columns)),
        width_(to<std::int64_t>(shape.kernel_height * shape.kernel_width * shape.channels)),
        plain_(shape.kernel_height * shape.kernel_width * shape.stride == 1 && shape.top == 0 &&
               shape.left == 0 && shape.rows == shape.height && shape.columns == shape.width) {}

  [[nodiscard]] std::int64_t width() const { return width_; }
  [[nodiscard]] std::int64_t count() const { return grid_rows_ * columns_; }

  /// f(first patch, patches, their elements) for tiles of patches of the planes.
  template <class F>
  void for_tiles(const Tensor& planes, F f) const {
    const Tensor tile = buffer(planes);
    for_rows([&](std::int64_t first, std::int64_t last) {
      float* const patches = plain_ ? floats(planes) + first * columns_ * width_ : floats(tile);
      if (!plain_) {
        kernels::fastest().planes_to_patches(floats(planes), shape_, to<std::size_t>(first),
                                             to<std::size_t>(last), patches);
      }
      f(first * columns_, (last - first) * columns_, patches);
    });
  }

  /// The adjoint: planes (zeros before) become the sums of the patches that f writes.
  template <class F>
  void sum_tiles(const Tensor& planes, F f) const {
    const Tensor tile = buffer(planes);
    if (!plain_) {
      planes.zero_();
    }
    for_rows([&](std::int64_t first, std::int64_t last) {
      float* const patches = plain_ ? floats(planes) + first * columns_ * width_ : floats(tile);
      f(first * columns_, (last - first) * columns_, patches);
      if (!plain_) {
        kernels::fastest().patches_to_planes(patches, shape_, to<std::size_t>(first),
                                             to<std::size_t>(last), floats(planes));
      }
    });
  }

 private:
  [[nodiscard]] std::int64_t rows_at_a_time() const {
    return std::max<std::int64_t>(1, kTileNumbers / (columns_ * width_));
  }
  [[nodiscard]] Tensor buffer(const Tensor& like) const {
    return plain_ ? Tensor() : at::empty({rows_at_a_time() * columns_ * width_}, like.options());
  }
  template <class F>
  void for_rows(F f) const {
    for (std::int64_t first = 0; first < grid_rows_; first += rows_at_a_time()) {
      f(first, std::min(grid_rows_, first + rows_at_a_time()));
    }
  }

  kernels::Patches shape_;
  std::int64_t grid_rows_, columns_, width_;
  bool plain_;  // a patch is a pixel: nothing to copy
};

/// Of planes (B, channels, H, W) under kernels of weight (.., channels, h, w).
Patches patches_over(const Tensor& planes, const Tensor& weight, const PatchGrid& g) {
  const auto size = [](std::int64_t value) { return to<std::size_t>(value); };
  return {
      planes.size(0),
      {size(planes.size(2)), size(planes.size(3)), size(planes.size(1)), size(g.rows),
       size(g.columns), size(weight.size(2)), size(weight.size(3)), size(g.stride), g.top, g.left}};
}

/// Rows of `y` become the bias, or are to be written over. Gives whether products are to be added.
bool start_rows(const Tensor& bias, float* y, std::int64_t rows, std::int64_t width) {
  if (!bias.defined()) {
    return false;
  }
  const float* const from = bias.const_data_ptr<float>();
  for (std::int64_t row = 0; row < rows; ++row) {
    std::copy_n(from, width, y + row * width);
  }
  return true;
}

/// y (n, outputs) = patches weight^T + bias; weight (outputs, patch).
void patches_to_rows(const Patches& patches, const Tensor& planes, const Tensor& weight,
                     const Tensor& bias, const Tensor& y) {
  const std::int64_t outputs = weight.size(0);
  patches.for_tiles(planes, [&](std::int64_t first, std::int64_t count, const float* tile) {
    float* const out = floats(y) + first * outputs;
    const bool add = start_rows(bias, out, count, outputs);
    multiply({.transpose_b = true, .m = count, .n = outputs, .k = patches.width(), .add = add},
             tile, floats(weight), out);
  });
}

/// planes = the adjoint of patches, of rows (n, outputs) weight.
void rows_to_planes(const Patches& patches, const Tensor& rows, const Tensor& weight,
                    const Tensor& planes) {
  const std::int64_t outputs = weight.size(0);
  patches.sum_tiles(planes, [&](std::int64_t first, std::int64_t count, float* tile) {
    multiply({.m = count, .n = patches.width(), .k = outputs}, floats(rows) + first * outputs,
             floats(weight), tile);
  });
}

/// rows^T patches, in the shape and memory order of the weight.
Tensor weight_gradient(const Patches& patches, const Tensor& planes, const Tensor& rows,
                       const Tensor& weight) {
  Tensor gradient = at::empty_like(weight);
  patches.for_tiles(planes, [&](std::int64_t first, std::int64_t count, const float* tile) {
    multiply({.transpose_a = true,
              .m = weight.size(0),
              .n = patches.width(),
              .k = count,
              .add = first > 0},
             floats(rows) + first * weight.size(0), tile, floats(gradient));
  });
  return gradient;
}

Operation fast_conv(const Tensor& input, const Tensor& given, const Tensor& bias,
                    const PatchGrid& grid) {
  const Tensor x = channels_last(input), weight = channels_last(given);
  const Tensor y = empty_images({x.size(0), weight.size(0), grid.rows, grid.columns}, x);
  patches_to_rows(patches_over(x, weight, grid), x, weight, bias, y);
  return {{y}, {x, weight}, [grid](const BackwardCall& call) {
            const Tensor &of_x = call.saved[0], &of_weight = call.saved[1];
            const Tensor g = channels_last(call.gradient);
            const Patches patches = patches_over(of_x, of_weight, grid);
            Tensors gradients(3);
            if (call.needs[0]) {
              gradients[0] = at::empty_like(of_x);
              rows_to_planes(patches, g, of_weight, gradients[0]);
            }
            if (call.needs[1]) {
              gradients[1] = weight_gradient(patches, of_x, g, of_weight);
            }
            if (call.needs[2]) {
              gradients[2] = g.sum({0, 2, 3});
            }
            return gradients;
          }};
}

Operation fast_transpose(const Tensor& input, const Tensor& given, const PatchGrid& grid,
                         std::int64_t height, std::int64_t width) {
  const Tensor x = channels_last(input), weight = channels_last(given);
  const Tensor y = empty_images({x.size(0), weight.size(1), height, width}, x);
  rows_to_planes(patches_over(y, weight, grid), x, weight, y);
  return {{y}, {x, weight}, [grid](const BackwardCall& call) {
            const Tensor &of_x = call.saved[0], &of_weight = call.saved[1];
            const Tensor g = channels_last(call.gradient);
            const Patches patches = patches_over(g, of_weight, grid);
            Tensors gradients(2);
            if (call.needs[0]) {
              gradients[0] = at::empty_like(of_x);
              patches_to_rows(patches, g, of_weight, {}, gradients[0]);
            }
            if (call.needs[1]) {
              gradients[1] = weight_gradient(patches, g, of_x, of_weight);
            }
            return gradients;
          }};
}

bool possible(const Tensor& x) {
  return can_multiply() && is_cpu_float(x) && x.numel() > 0 && at::get_num_threads() == 1;
}

}  // namespace

Tensor patch_conv(const Tensor& x, const Tensor& weight, const Tensor& bias,
                  const PatchGrid& grid) {
  return differentiable({x, weight, bias}, [&] { return fast_conv(x, weight, bias, grid); })[0];
}

Tensor patch_conv(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t stride,
                  std::int64_t padding) {
  const auto count = [&](std::int64_t dim) {
    return (x.size(dim) + 2 * padding - weight.size(dim)) / stride + 1;
  };
  return patch_conv(x, weight, bias, {stride, padding, padding, count(2), count(3)});
}

Tensor patch_conv_transpose(const Tensor& x, const Tensor& weight, const Tensor& bias,
                            std::int64_t stride, std::int64_t padding, std::int64_t extra) {
  const auto extent = [&](std::int64_t dim) {
    return (x.size(dim) - 1) * stride - 2 * padding + weight.size(dim) + extra;
  };
  const PatchGrid grid{stride, padding, padding, x.size(2), x.size(3)};
  const Tensor y = differentiable(
      {x, weight}, [&] { return fast_transpose(x, weight, grid, extent(2), extent(3)); })[0];
  return bias.defined() ? y + bias.view({1, -1, 1, 1}) : y;
}

Tensor conv_at(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t top,
               std::int64_t left) {
  if (possible(x)) {
    return patch_conv(x, weight, bias, {1, top, left, x.size(2), x.size(3)});
  }
  const std::int64_t right = weight.size(3) - 1 - left, below = weight.size(2) - 1 - top;
  return at::conv2d(at::constant_pad_nd(x, {left, right, top, below}), weight, bias);
}

bool patches_pay(const Tensor& x, const Tensor& weight, std::int64_t stride) {
  if (!possible(x)) {
    return false;
  }
  const std::int64_t kernel = weight.size(2);
  return kernel == 1 || (stride > 1 && kernel < 5) || (x.size(1) == 1 && x.requires_grad());
}

}  // namespace cance::nn
