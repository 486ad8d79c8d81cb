// The composite feature and the covariance loss (src/method.md, sections 1 and 2).
#pragma once

#include <string>
#include <vector>

#include "nn/export/graph_builder.hpp"
#include "nn/team.hpp"

namespace cance::represent {

/// phi = [z, e, c], shape (B, m + 2), in the type of z. z (B, m); x and xhat (B, ...) of equal
/// shape. e = mean squared error of the row; c = 1 - cosine, 0 when both norms are 0 and 1 when one
/// is, never below 0. Sums are taken in float64.
[[nodiscard]] at::Tensor composite_feature(const at::Tensor& z, const at::Tensor& x,
                                           const at::Tensor& xhat);

/// The same of a graph's values in its precision; columns (n, k) end with those between z and e.
[[nodiscard]] std::string composite_graph(nn::GraphBuilder& g, std::vector<std::string> columns,
                                          const std::string& x, const std::string& xhat);

/// This rank's contribution to the mean squared off-diagonal entry of S(z), divisor B - 1, over the
/// global batch of B = `rows` >= 2 latents: an equal part of it. z (own rows, m), m >= 2; of K
/// models (K, own rows, m), then (K). Differentiable; collective over the team, and again in the
/// backward pass.
[[nodiscard]] at::Tensor covariance_loss(const at::Tensor& z, std::int64_t rows,
                                         const nn::Team& team = {});

/// phi with more columns (B, k) between z and e: like z, they are never augmented.
[[nodiscard]] at::Tensor with_columns(const at::Tensor& phi, const at::Tensor& more);

/// "z0", ..., "brightness" and "contrast" where they are, "e", "c".
[[nodiscard]] std::vector<std::string> composite_columns(std::size_t latent, bool contrast);

}  // namespace cance::represent
