// The composite feature and the covariance loss (method.md sections 1 and 2).
#pragma once

#include <string>
#include <vector>

#include "nn/torch_headers.hpp"

namespace cance::represent {

/// phi = [z, e, c], shape (B, m + 2), in the type of z. z (B, m); x and xhat (B, ...) of equal
/// shape. e = mean squared error of the row; c = 1 - cosine, 0 when both norms are 0 and 1 when one
/// is, never below 0. Sums are taken in float64.
[[nodiscard]] torch::Tensor composite_feature(const torch::Tensor& z, const torch::Tensor& x,
                                              const torch::Tensor& xhat);

/// Mean squared off-diagonal entry of S(z), divisor B - 1. z (B, m), B >= 2, m >= 2.
/// Differentiable.
[[nodiscard]] torch::Tensor covariance_loss(const torch::Tensor& z);

/// "z0", ..., "e", "c".
[[nodiscard]] std::vector<std::string> composite_columns(std::size_t latent);

}  // namespace cance::represent
