// Dense layers on oneDNN's matrix products, which are twice as fast as torch's on processors with
// AVX-512 that are not Intel's. Float32 on the CPU; all else takes torch's operators.
#pragma once

#include "nn/tensor.hpp"

namespace cance::nn {

/// x W^T + bias; x (..., in), W (out, in), bias (out) or none: (..., out). Differentiable once.
[[nodiscard]] at::Tensor dense(const at::Tensor& x, const at::Tensor& weight,
                               const at::Tensor& bias);

/// The same where the last columns of W are multiplied by `mask` (out, some) of 0 and 1.
[[nodiscard]] at::Tensor masked_dense(const at::Tensor& x, const at::Tensor& weight,
                                      const at::Tensor& bias, const at::Tensor& mask);

/// `dense` of K models at once: x (B, K in), one model's columns behind those of another, W (K,
/// out, in), bias (K, out) or none: (B, K out).
[[nodiscard]] at::Tensor dense_of_each(const at::Tensor& x, const at::Tensor& weight,
                                       const at::Tensor& bias);

}  // namespace cance::nn
