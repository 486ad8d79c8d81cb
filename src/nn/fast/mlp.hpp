// A chain of dense layers with SiLU between them as one differentiable operation. On the CPU in
// float32 a tile of rows goes through all layers while it is in the cache; other element types and
// devices take torch's operators. The values agree to rounding.
#pragma once

#include <vector>

#include "nn/tensor.hpp"

namespace cance::nn {

/// h <- silu(h W^T + b), silu(v) = v sigmoid(v), for all layers but the last, which is h W^T + b.
/// x (B, in), weights (out, in), biases (out), as many as weights -> (B, out of the last).
/// Of K models x (K, B, in), weights (K, out, in), biases (K, out) -> (K, B, out of the last).
/// Differentiable once in x, and in weights and biases, which all want gradients or none.
[[nodiscard]] at::Tensor mlp(const at::Tensor& x, const std::vector<at::Tensor>& weights,
                             const std::vector<at::Tensor>& biases);

}  // namespace cance::nn
