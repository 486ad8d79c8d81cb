#include "nn/dense.hpp"

#include <algorithm>

#include "nn/product.hpp"

namespace cance::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kLeastWidth = 8;

/// x (..., n) as a matrix whose rows may lie apart.
Tensor as_matrix(const Tensor& x) {
  return x.dim() == 2 && x.stride(1) == 1 && x.stride(0) >= x.size(1)
             ? x
             : x.contiguous().view({-1, x.size(-1)});
}

float* column(const Tensor& matrix, std::int64_t index) {
  return matrix.mutable_data_ptr<float>() + index;
}

/// Columns of W before those that a mask is for.
std::int64_t free_columns(const Tensor& weight, const Tensor& mask) {
  return weight.size(1) - (mask.defined() ? mask.size(1) : 0);
}

/// Some columns of W.
struct Block {
  Tensor weight;       // of these columns, rows may lie apart
  std::int64_t first;  // column of W
};

/// y (rows, out) += or = x[:, block] block^T.
void forward_block(const Tensor& x, const Block& b, const Tensor& y, bool add) {
  multiply({.transpose_b = true,
            .m = x.size(0),
            .n = y.size(1),
            .k = b.weight.size(1),
            .a_stride = x.stride(0),
            .b_stride = b.weight.stride(0),
            .add = add},
           column(x, b.first), column(b.weight, 0), column(y, 0));
}

/// dx[:, block] = g block.
void backward_block(const Tensor& g, const Block& b, const Tensor& dx) {
  multiply({.m = g.size(0),
            .n = b.weight.size(1),
            .k = g.size(1),
            .b_stride = b.weight.stride(0),
            .c_stride = dx.stride(0)},
           column(g, 0), column(b.weight, 0), column(dx, b.first));
}

/// f(block, whether it is the first) for the columns that count in full and, masked, for the rest.
template <class F>
void for_blocks_of(const Tensor& weight, const Tensor& masked, F f) {
  const std::int64_t free = free_columns(weight, masked);
  if (free > 0) {
    f(Block{weight.slice(1, 0, free), 0}, true);
  }
  if (masked.defined()) {
    f(Block{masked, free}, free == 0);
  }
}

/// g^T x (out, in).
Tensor weight_gradient(const Tensor& g, const Tensor& x, const Tensor& mask) {
  Tensor gradient = torch::empty({g.size(1), x.size(1)}, g.options());
  multiply({.transpose_a = true,
            .m = g.size(1),
            .n = x.size(1),
            .k = x.size(0),
            .b_stride = x.stride(0)},
           column(g, 0), column(x, 0), column(gradient, 0));
  if (mask.defined()) {
    gradient.slice(1, free_columns(gradient, mask)).mul_(mask);
  }
  return gradient;
}

class DenseFunction : public torch::autograd::Function<DenseFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& given,
                        torch::TensorList bias, torch::TensorList masks) {
    const Tensor mask = masks.empty() ? Tensor() : masks[0];
    const Tensor x = as_matrix(input);
    const Tensor weight = given.contiguous();
    const Tensor masked =
        mask.defined() ? weight.slice(1, free_columns(weight, mask)) * mask : Tensor();
    Tensor y = torch::empty({x.size(0), weight.size(0)}, x.options());
    for_blocks_of(weight, masked,
                  [&](const Block& block, bool first) { forward_block(x, block, y, !first); });
    if (!bias.empty()) {
      y.add_(bias[0]);
    }
    context->save_for_backward({x, weight, masked, mask});
    context->saved_data["bias"] = !bias.empty();
    context->saved_data["shape"] = input.sizes().vec();
    auto shape = input.sizes().vec();
    shape.back() = weight.size(0);
    return y.view(shape);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const Tensor g = gradients[0].contiguous().view({-1, weight.size(0)});
    const bool biased = context->saved_data["bias"].toBool();
    variable_list result(2U + (biased ? 1U : 0U) + (saved[3].defined() ? 1U : 0U));
    if (context->needs_input_grad(0)) {
      const Tensor dx = torch::empty({x.size(0), x.size(1)}, x.options());
      for_blocks_of(weight, saved[2],
                    [&](const Block& block, bool) { backward_block(g, block, dx); });
      result[0] = dx.view(context->saved_data["shape"].toIntVector());
    }
    if (context->needs_input_grad(1)) {
      result[1] = weight_gradient(g, x, saved[3]);
    }
    if (biased && context->needs_input_grad(2)) {
      result[2] = g.sum(0);
    }
    return result;
  }
};

/// None or one.
variable_list listed(const Tensor& t) { return t.defined() ? variable_list{t} : variable_list(); }

/// Where oneDNN's products are the faster ones: not for vectors.
bool fast(const Tensor& x, const Tensor& weight) {
  return can_multiply() && is_cpu_float(x) && x.numel() > 0 &&
         std::min(weight.size(0), weight.size(1)) >= kLeastWidth;
}

}  // namespace

Tensor dense(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return fast(x, weight)
             ? DenseFunction::apply(x, weight, torch::TensorList(listed(bias)), torch::TensorList())
             : torch::linear(x, weight, bias);
}

Tensor masked_dense(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& mask) {
  if (fast(x, weight)) {
    return DenseFunction::apply(x, weight, torch::TensorList(listed(bias)),
                                torch::TensorList(listed(mask)));
  }
  const std::int64_t free = free_columns(weight, mask);
  return torch::linear(x, torch::cat({weight.slice(1, 0, free), weight.slice(1, free) * mask}, 1),
                       bias);
}

}  // namespace cance::nn
