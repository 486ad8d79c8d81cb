// Dense layers for the CPU hot path: float32 matrix products by oneDNN, bias and SiLU in one pass.
// Other element types and devices take torch's own operators; the values agree to rounding.
#pragma once

#include "nn/torch_headers.hpp"

namespace cance::nn {

/// x W^T + b. x (B, in), weight (out, in), bias (out) -> (B, out). Differentiable in all three.
[[nodiscard]] torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight,
                                   const torch::Tensor& bias);
/// silu(x W^T + b), with silu(v) = v sigmoid(v).
[[nodiscard]] torch::Tensor linear_silu(const torch::Tensor& x, const torch::Tensor& weight,
                                        const torch::Tensor& bias);

/// a b, a^T b or a b^T for 2-d tensors: oneDNN for contiguous float32 on the CPU, else torch.
[[nodiscard]] torch::Tensor product(const torch::Tensor& a, bool transpose_a,
                                    const torch::Tensor& b, bool transpose_b);

}  // namespace cance::nn
