#include "nn/fast/dense.hpp"

#include <ATen/ops/bmm.h>
#include <ATen/ops/linear.h>

#include <algorithm>

#include "nn/differentiable.hpp"
#include "nn/fast/product.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

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

/// From row to row, as Product has it.
std::int64_t row_stride(const Tensor& matrix) {
  return matrix.is_contiguous() ? 0 : matrix.stride(0);
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
            .c_stride = row_stride(y),
            .add = add},
           column(x, b.first), column(b.weight, 0), column(y, 0));
}

/// dx[:, block] = g block.
void backward_block(const Tensor& g, const Block& b, const Tensor& dx) {
  multiply({.m = g.size(0),
            .n = b.weight.size(1),
            .k = g.size(1),
            .a_stride = row_stride(g),
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
  Tensor gradient = at::empty({g.size(1), x.size(1)}, g.options());
  multiply({.transpose_a = true,
            .m = g.size(1),
            .n = x.size(1),
            .k = x.size(0),
            .a_stride = row_stride(g),
            .b_stride = x.stride(0)},
           column(g, 0), column(x, 0), column(gradient, 0));
  if (mask.defined()) {
    gradient.slice(1, free_columns(gradient, mask)).mul_(mask);
  }
  return gradient;
}

/// x weight^T + bias by oneDNN; `mask` and `bias` may be undefined.
Operation fast_dense(const Tensor& input, const Tensor& given, const Tensor& bias,
                     const Tensor& mask) {
  const Tensor x = as_matrix(input);
  const Tensor weight = given.contiguous();
  const Tensor masked =
      mask.defined() ? weight.slice(1, free_columns(weight, mask)) * mask : Tensor();
  Tensor y = at::empty({x.size(0), weight.size(0)}, x.options());
  for_blocks_of(weight, masked,
                [&](const Block& block, bool first) { forward_block(x, block, y, !first); });
  if (bias.defined()) {
    y.add_(bias);
  }
  auto shape = input.sizes().vec();
  const auto backward = [shape](const BackwardCall& call) {
    const Tensor &of_x = call.saved[0], &of_weight = call.saved[1];
    const Tensor g = call.gradient.contiguous().view({-1, of_weight.size(0)});
    Tensors gradients(3);
    if (call.needs[0]) {
      const Tensor dx = at::empty({of_x.size(0), of_x.size(1)}, of_x.options());
      for_blocks_of(of_weight, call.saved[2],
                    [&](const Block& block, bool) { backward_block(g, block, dx); });
      gradients[0] = dx.view(shape);
    }
    if (call.needs[1]) {
      gradients[1] = weight_gradient(g, of_x, call.saved[3]);
    }
    if (call.needs[2]) {
      gradients[2] = g.sum(0);
    }
    return gradients;
  };
  shape.back() = weight.size(0);
  return {{y.view(shape)}, {x, weight, masked, mask}, backward};
}

/// Of K models, a product each.
Operation fast_dense_of_each(const Tensor& input, const Tensor& given, const Tensor& bias) {
  const Tensor x = as_matrix(input);
  const Tensor weight = given.contiguous();
  const std::int64_t models = weight.size(0), out = weight.size(1), in = weight.size(2);
  const auto columns_of = [](const Tensor& all, std::int64_t model, std::int64_t width) {
    return all.slice(1, model * width, (model + 1) * width);
  };
  Tensor y = at::empty({x.size(0), models * out}, x.options());
  for (std::int64_t k = 0; k < models; ++k) {
    forward_block(x, {weight[k], k * in}, columns_of(y, k, out), /*add=*/false);
  }
  if (bias.defined()) {
    y.add_(bias.flatten());
  }
  const auto backward = [=](const BackwardCall& call) {
    const Tensor &of_x = call.saved[0], &of_weight = call.saved[1];
    const Tensor g = call.gradient.contiguous();
    Tensors gradients(3), of_models;
    if (call.needs[0]) {
      gradients[0] = at::empty({of_x.size(0), of_x.size(1)}, of_x.options());
    }
    for (std::int64_t k = 0; k < models; ++k) {
      const Tensor own = columns_of(g, k, out);
      if (call.needs[0]) {
        backward_block(own, {of_weight[k], k * in}, gradients[0]);
      }
      if (call.needs[1]) {
        of_models.push_back(weight_gradient(own, columns_of(of_x, k, in), {}));
      }
    }
    if (call.needs[1]) {
      gradients[1] = at::stack(of_models);
    }
    if (call.needs[2]) {
      gradients[2] = g.sum(0).view({models, out});
    }
    return gradients;
  };
  return {{y}, {x, weight}, backward};
}

/// Where oneDNN's products are the faster ones: not for vectors.
bool fast(const Tensor& x, const Tensor& weight) {
  return can_multiply() && is_cpu_float(x) && x.numel() > 0 &&
         std::min(weight.size(-2), weight.size(-1)) >= kLeastWidth;
}

}  // namespace

Tensor dense(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (fast(x, weight)) {
    return differentiable({x, weight, bias}, [&] { return fast_dense(x, weight, bias, {}); })[0];
  }
  return at::linear(x, weight, bias);
}

Tensor dense_of_each(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (fast(x, weight)) {
    return differentiable({x, weight, bias},
                          [&] { return fast_dense_of_each(x, weight, bias); })[0];
  }
  const Tensor by_model = x.unflatten(1, {weight.size(0), weight.size(2)}).transpose(0, 1);
  const Tensor y = at::bmm(by_model, weight.transpose(1, 2)).transpose(0, 1).flatten(1);
  return bias.defined() ? y + bias.flatten() : y;
}

Tensor masked_dense(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& mask) {
  if (fast(x, weight)) {
    return differentiable({x, weight, bias}, [&] { return fast_dense(x, weight, bias, mask); })[0];
  }
  const std::int64_t free = free_columns(weight, mask);
  return at::linear(x, at::cat({weight.slice(1, 0, free), weight.slice(1, free) * mask}, 1), bias);
}

}  // namespace cance::nn
