// DPAD's losses.
#pragma once

#include <vector>

#include "nn/team.hpp"

namespace cance::detectors {

/// All rows of the global batch, (rows, m), from every rank's own rows z (own.count, m), with their
/// gradients. Collective, and again in the backward pass.
[[nodiscard]] torch::Tensor rows_of_all(const torch::Tensor& z, const nn::Share& own,
                                        std::int64_t rows, const nn::Team& team);

/// This rank's part of the mean over the pairs i != j of w_ij D_ij, with D_ij = ||z_i - z_j||^2 /
/// unit and the constant weights w_ij = exp(-D_ij): pairs of its own rows z (B, m) with all (N, m).
[[nodiscard]] torch::Tensor pair_loss(const torch::Tensor& z, const torch::Tensor& all,
                                      const torch::Tensor& unit);

/// The sum over the weights of (||W||_F / norm - 1)^2.
[[nodiscard]] torch::Tensor norm_penalty(const std::vector<torch::Tensor>& weights,
                                         const torch::Tensor& norms);

/// ||W||_F of each.
[[nodiscard]] torch::Tensor norms_of(const std::vector<torch::Tensor>& weights);

}  // namespace cance::detectors
