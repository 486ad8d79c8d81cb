// Rows as the vectors that a kernel method compares: plain, on principal components, or whitened.
#pragma once

#include "config/options.hpp"
#include "detectors/detector.hpp"

namespace cance::detectors {

class Projection {
 public:
  Projection() = default;
  /// Learned from the training rows, which are of this `input`. Collective.
  Projection(const config::ProjectionOptions& options, const CellRows& train,
             const nn::Compute& compute);

  /// CellSize: of learning components, where there are some, and of applying them.
  [[nodiscard]] static double seconds(const CellSize& cell, bool components);

  /// The rows of this input.
  [[nodiscard]] nn::Rows& input(const CellRows& rows) const;
  /// x (B, row...) as (B, m), float64.
  [[nodiscard]] at::Tensor apply(const at::Tensor& x) const;
  /// The same of a graph's rows of this input.
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const;
  /// At most `count` rows, drawn by seed, or all for 0: (N, m), the same on all ranks. Collective.
  [[nodiscard]] at::Tensor sample(const CellRows& rows, std::int64_t count,
                                  std::uint64_t seed) const;
  /// "mean" (d) and "map" (d, m); nothing where rows stay as they are.
  [[nodiscard]] nn::NamedTensors state() const;
  /// From such a state.
  [[nodiscard]] static Projection restored(const config::ProjectionOptions& options,
                                           const SavedMethod& saved);

 private:
  std::string input_ = "normalised";
  nn::Compute compute_;
  at::Tensor mean_, map_;
};

/// normalised | raw rows.
[[nodiscard]] nn::Rows& rows_of(const std::string& input, const CellRows& rows);

/// The same of a graph, as (n, d).
[[nodiscard]] std::string rows_of(const std::string& input, nn::GraphBuilder& g,
                                  const GraphRows& rows);
/// Of the rows of this input at most `count`, drawn by seed, or all where it is 0: (N, d).
[[nodiscard]] at::Tensor kept_rows(const std::string& input, const CellRows& rows,
                                   std::int64_t count, std::uint64_t seed);

/// Indices of at most `count` of `rows` rows, drawn by seed, or all where it is 0, ascending.
[[nodiscard]] std::vector<std::int64_t> sampled(std::int64_t rows, std::int64_t count,
                                                std::uint64_t seed);

}  // namespace cance::detectors
