#include "nn/patch_conv.hpp"

#include <algorithm>

#include "nn/patches.hpp"
#include "nn/product.hpp"

namespace cance::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Rows of `y` become the bias, or are to be written over. Gives whether products are to be added.
bool start_rows(const torch::TensorList& bias, float* y, std::int64_t rows, std::int64_t width) {
  if (bias.empty()) {
    return false;
  }
  const float* const from = bias[0].const_data_ptr<float>();
  for (std::int64_t row = 0; row < rows; ++row) {
    std::copy_n(from, width, y + row * width);
  }
  return true;
}

/// y (n, outputs) = patches weight^T + bias; weight (outputs, patch).
void patches_to_rows(const Patches& patches, const Tensor& planes, const Tensor& weight,
                     const torch::TensorList& bias, const Tensor& y) {
  const std::int64_t outputs = weight.size(0);
  patches.for_tiles(planes, [&](std::int64_t first, std::int64_t count, const float* tile) {
    float* const out = numbers(y) + first * outputs;
    const bool add = start_rows(bias, out, count, outputs);
    multiply({.transpose_b = true, .m = count, .n = outputs, .k = patches.width(), .add = add},
             tile, numbers(weight), out);
  });
}

/// planes = the adjoint of patches, of rows (n, outputs) weight.
void rows_to_planes(const Patches& patches, const Tensor& rows, const Tensor& weight,
                    const Tensor& planes) {
  const std::int64_t outputs = weight.size(0);
  patches.sum_tiles(planes, [&](std::int64_t first, std::int64_t count, float* tile) {
    multiply({.m = count, .n = patches.width(), .k = outputs}, numbers(rows) + first * outputs,
             numbers(weight), tile);
  });
}

/// rows^T patches, in the shape and memory order of the weight.
Tensor weight_gradient(const Patches& patches, const Tensor& planes, const Tensor& rows,
                       const Tensor& weight) {
  Tensor gradient = torch::empty_like(weight);
  patches.for_tiles(planes, [&](std::int64_t first, std::int64_t count, const float* tile) {
    multiply({.transpose_a = true,
              .m = weight.size(0),
              .n = patches.width(),
              .k = count,
              .add = first > 0},
             numbers(rows) + first * weight.size(0), tile, numbers(gradient));
  });
  return gradient;
}

void save(AutogradContext* context, const PatchGrid& g, bool biased) {
  context->saved_data["grid"] =
      std::vector<std::int64_t>{g.stride, g.top, g.left, g.rows, g.columns};
  context->saved_data["biased"] = biased;
}
PatchGrid load(AutogradContext* context) {
  const auto g = context->saved_data["grid"].toIntVector();
  return {g[0], g[1], g[2], g[3], g[4]};
}

class ConvFunction : public torch::autograd::Function<ConvFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& given,
                        torch::TensorList bias, const PatchGrid& grid) {
    const Tensor x = channels_last(input), weight = channels_last(given);
    const Tensor y = empty_images({x.size(0), weight.size(0), grid.rows, grid.columns}, x);
    patches_to_rows(patches_over(x, weight, grid), x, weight, bias, y);
    context->save_for_backward({x, weight});
    save(context, grid, !bias.empty());
    return y;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const Tensor g = channels_last(gradients[0]);
    const Patches patches = patches_over(x, weight, load(context));
    const bool biased = context->saved_data["biased"].toBool();
    variable_list result(biased ? 4 : 3);  // of x, weight, bias, grid
    if (context->needs_input_grad(0)) {
      result[0] = torch::empty_like(x);
      rows_to_planes(patches, g, weight, result[0]);
    }
    if (context->needs_input_grad(1)) {
      result[1] = weight_gradient(patches, x, g, weight);
    }
    if (biased && context->needs_input_grad(2)) {
      result[2] = g.sum({0, 2, 3});
    }
    return result;
  }
};

class TransposeFunction : public torch::autograd::Function<TransposeFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& given,
                        const PatchGrid& grid, std::int64_t height, std::int64_t width) {
    const Tensor x = channels_last(input), weight = channels_last(given);
    const Tensor y = empty_images({x.size(0), weight.size(1), height, width}, x);
    rows_to_planes(patches_over(y, weight, grid), x, weight, y);
    context->save_for_backward({x, weight});
    save(context, grid, /*biased=*/false);
    return y;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const Tensor g = channels_last(gradients[0]);
    const Patches patches = patches_over(g, weight, load(context));
    variable_list result(5);  // of x, weight, grid, height, width
    if (context->needs_input_grad(0)) {
      result[0] = torch::empty_like(x);
      patches_to_rows(patches, g, weight, {}, result[0]);
    }
    if (context->needs_input_grad(1)) {
      result[1] = weight_gradient(patches, g, x, weight);
    }
    return result;
  }
};

bool possible(const Tensor& x) {
  return can_multiply() && is_cpu_float(x) && x.numel() > 0 && at::get_num_threads() == 1;
}

}  // namespace

Tensor patch_conv(const Tensor& x, const Tensor& weight, const Tensor& bias,
                  const PatchGrid& grid) {
  const variable_list biases = bias.defined() ? variable_list{bias} : variable_list();
  return ConvFunction::apply(x, weight, torch::TensorList(biases), grid);
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
  const Tensor y = TransposeFunction::apply(
      x, weight, PatchGrid{stride, padding, padding, x.size(2), x.size(3)}, extent(2), extent(3));
  return bias.defined() ? y + bias.view({1, -1, 1, 1}) : y;
}

Tensor conv_at(const Tensor& x, const Tensor& weight, const Tensor& bias, std::int64_t top,
               std::int64_t left) {
  if (possible(x)) {
    return patch_conv(x, weight, bias, {1, top, left, x.size(2), x.size(3)});
  }
  const std::int64_t right = weight.size(3) - 1 - left, below = weight.size(2) - 1 - top;
  return torch::conv2d(torch::constant_pad_nd(x, {left, right, top, below}), weight, bias);
}

bool patches_pay(const Tensor& x, const Tensor& weight, std::int64_t stride) {
  if (!possible(x)) {
    return false;
  }
  const std::int64_t kernel = weight.size(2);
  return kernel == 1 || (stride > 1 && kernel < 5) || (x.size(1) == 1 && x.requires_grad());
}

}  // namespace cance::nn
