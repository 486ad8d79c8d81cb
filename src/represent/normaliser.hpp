// What happens to a row before anything learns from it: nothing, one scale for each channel or
// column, one for each image (global contrast normalisation, src/method.md, section 11), or one
// length for all rows. Columns
// that stand for a category keep their 0 and 1 (src/protocols.md, section 4): scaled, a rare one
// would outweigh all others.
#pragma once

#include <string>

#include "nn/checkpoints.hpp"
#include "nn/export/graph_builder.hpp"
#include "nn/rows.hpp"

namespace cance::represent {

class Normaliser {
 public:
  /// `kind` none | channel | gcn | standardise | unit. channel and standardise take mean and
  /// deviation (divisor N; a constant one counts as 1) from the training rows, but 0 and 1 for the
  /// columns `one_hot`; unit divides a row of numbers by its root mean square. Collective.
  Normaliser(std::string kind, nn::Rows& train, const std::vector<std::int64_t>& one_hot,
             const nn::Compute& compute);
  /// As it was when `state` gave these, for rows of so many dimensions.
  Normaliser(std::string kind, const store::TensorMap& saved, std::size_t dimensions,
             const nn::Compute& compute);

  /// Deviations from a learned mean that a value is at most, and what one of a table is as it is:
  /// its square does not overflow float32.
  static constexpr double kFarthest = 1e15;
  /// At least this much is what was cut: float32 rounds it.
  static constexpr double kCut = 0.999 * kFarthest;
  /// x (B, row...), normalised.
  [[nodiscard]] at::Tensor apply(const at::Tensor& x) const;
  /// From normalised values back, where `x` (B, row...) are the rows that they stand for.
  [[nodiscard]] at::Tensor undo(const at::Tensor& normalised, const at::Tensor& x) const;
  /// What gcn takes from each image, (B, 2) float64: its mean, and the logarithm of its mean
  /// absolute deviation.
  [[nodiscard]] at::Tensor contrast(const at::Tensor& x) const;
  /// What apply and contrast make of a graph's rows (n, row...).
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& x) const;
  [[nodiscard]] std::string contrast_graph(nn::GraphBuilder& g, const std::string& x) const;
  /// "input.mean" and "input.scale" where it has learned them.
  [[nodiscard]] nn::NamedTensors state() const;
  [[nodiscard]] bool none() const { return kind_ == "none"; }

 private:
  struct Scale {
    at::Tensor mean, scale;
  };
  [[nodiscard]] Scale scale_of(const at::Tensor& x) const;

  std::string kind_;
  Scale learned_;
};

class PreparedRows final : public nn::Rows {
 public:
  /// Views, which must outlive this. With `flips` there are 2 N rows: row N + i is row i mirrored
  /// from left to right.
  PreparedRows(nn::Rows& rows, const Normaliser& normaliser, bool flips)
      : rows_(rows), normaliser_(normaliser), flips_(flips) {}

  [[nodiscard]] std::int64_t size() const override { return rows_.size() * (flips_ ? 2 : 1); }
  [[nodiscard]] at::Tensor select(const nn::Places& places) override;
  [[nodiscard]] at::Tensor range(std::int64_t first, std::int64_t count) override;
  [[nodiscard]] bool in_place() const override { return rows_.in_place(); }
  [[nodiscard]] std::vector<std::int64_t> order(std::uint64_t seed, std::int64_t epoch) override;

 private:
  nn::Rows& rows_;
  const Normaliser& normaliser_;
  bool flips_;
};

/// The largest absolute value of each normalised row, (N). Collective.
[[nodiscard]] std::vector<double> farthest_values(nn::Rows& normalised, const nn::Team& team);

}  // namespace cance::represent
