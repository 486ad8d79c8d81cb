// A mixture of Gaussians whose memberships a network gives (DAGMM, Zong et al., ICLR 2018): its
// parameters and energy as differentiable functions of features and memberships.
#pragma once

#include "nn/export/graph_builder.hpp"
#include "nn/team.hpp"

namespace cance::detectors {

struct Mixture {
  at::Tensor weights;      ///< (K)
  at::Tensor means;        ///< (K, n)
  at::Tensor covariances;  ///< (K, n, n), with a jitter on the diagonal
};

/// Weighted by memberships (B, K) of features (B, n), over the team's `rows` rows. Collective, and
/// again in the backward pass.
[[nodiscard]] Mixture mixture_of(const at::Tensor& features, const at::Tensor& memberships,
                                 std::int64_t rows, const nn::Team& team);

/// E(z) = -log sum_k weight_k N(z; mean_k, covariance_k), in nats (B). Features (B, n).
[[nodiscard]] at::Tensor mixture_energy(const at::Tensor& features, const Mixture& mixture);

/// The same of a graph's value (B, n), in float64: (B, 1).
[[nodiscard]] std::string energy_graph(nn::GraphBuilder& g, const std::string& features,
                                       const Mixture& mixture);

/// Sum over components and features of 1 / variance: keeps them from collapsing.
[[nodiscard]] at::Tensor inverse_variances(const Mixture& mixture);

}  // namespace cance::detectors
