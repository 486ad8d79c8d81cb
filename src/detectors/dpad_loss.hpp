// DPAD's losses.
#pragma once

#include <vector>

#include "nn/team.hpp"

namespace cance::detectors {

/// All rows of the global batch, (rows, m), from every rank's own rows z (own.count, m), with their
/// gradients. Collective, and again in the backward pass.
[[nodiscard]] at::Tensor rows_of_all(const at::Tensor& z, const nn::Share& own, std::int64_t rows,
                                     const nn::Team& team);

/// This rank's part of the mean over the pairs i != j of w_ij D_ij, with D_ij = ||z_i - z_j||^2 /
/// unit and the constant weights w_ij = exp(-D_ij): pairs of its own rows z (B, m) with all (N, m).
[[nodiscard]] at::Tensor pair_loss(const at::Tensor& z, const at::Tensor& all,
                                   const at::Tensor& unit);

/// The sum over the weights of (||W||_F / norm - 1)^2.
[[nodiscard]] at::Tensor norm_penalty(const std::vector<at::Tensor>& weights,
                                      const at::Tensor& norms);

/// ||W||_F of each.
[[nodiscard]] at::Tensor norms_of(const std::vector<at::Tensor>& weights);

}  // namespace cance::detectors
