// The Gaussian kernel density of some rows, and the choice of its bandwidth by likelihood.
#pragma once

#include <cstdint>
#include <span>

#include "nn/export/graph_builder.hpp"
#include "nn/team.hpp"

namespace cance::detectors {

class KernelDensity {
 public:
  /// At the rows (N, m), float64.
  explicit KernelDensity(const at::Tensor& rows);

  /// log p(x) in nats for every bandwidth h, (H, B): p(x) = mean over the rows r of N(x; r, h^2 I).
  /// x (B, m), float64. Rows are taken a block at a time: no (B, N) matrix is held.
  [[nodiscard]] at::Tensor log_density(const at::Tensor& x,
                                       std::span<const double> bandwidths) const;

  /// The same of a graph's value x (n, m) for one bandwidth: (n, 1). There (n, N) numbers are held.
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& x,
                                  double bandwidth) const;

 private:
  /// What log p is short of the log of the sum over rows of exp(-d^2 / 2h^2).
  [[nodiscard]] double log_constant(double bandwidth) const;

  at::Tensor centre_;   // (m): small numbers lose fewer digits
  at::Tensor rows_;     // (N, m), centred
  at::Tensor squares_;  // (N)
};

/// The bandwidth under which the rows (N, m) of `folds` parts, drawn by seed, are most likely given
/// the other parts. Fewer rows than folds: as many folds as rows. Collective: ranks share the work.
[[nodiscard]] double likeliest_bandwidth(const at::Tensor& rows, std::span<const double> bandwidths,
                                         std::int64_t folds, std::uint64_t seed,
                                         const nn::Team& team);

}  // namespace cance::detectors
