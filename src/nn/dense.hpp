// Dense layers on oneDNN's matrix products, which are twice as fast as torch's on processors with
// AVX-512 that are not Intel's. Float32 on the CPU; all else takes torch's operators.
#pragma once

#include "nn/torch_headers.hpp"

namespace cance::nn {

/// x W^T + bias, of x (..., in), W (out, in), bias (out) or undefined: (..., out). Differentiable
/// once.
[[nodiscard]] torch::Tensor dense(const torch::Tensor& x, const torch::Tensor& weight,
                                  const torch::Tensor& bias);

/// The same where the last columns of W are multiplied by `mask` (out, some) of 0 and 1.
[[nodiscard]] torch::Tensor masked_dense(const torch::Tensor& x, const torch::Tensor& weight,
                                         const torch::Tensor& bias, const torch::Tensor& mask);

}  // namespace cance::nn
