// Images as Deep SVDD sees them: global contrast normalisation with the L1 scale, each image minus
// its mean over its mean absolute deviation, then the smallest and the largest value of the
// training images at 0 and 1.
#pragma once

#include "nn/export/graph_builder.hpp"
#include "nn/rows.hpp"

namespace cance::detectors {

class Contrast {
 public:
  /// Leaves rows as they are.
  Contrast() = default;
  /// Learned from the training images (N, c, h, w). Collective.
  Contrast(nn::Rows& train, const nn::Team& team);
  /// From `scale`.
  explicit Contrast(at::Tensor scale) : scale_(std::move(scale)) {}

  [[nodiscard]] at::Tensor apply(const at::Tensor& x) const;
  /// The same of a graph's images (n, c, h, w), in the graph's precision.
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& x) const;
  /// Smallest value and range, (2).
  [[nodiscard]] at::Tensor scale() const { return scale_; }

 private:
  at::Tensor scale_;
};

/// A view, which both must outlive.
class ContrastRows final : public nn::Rows {
 public:
  ContrastRows(nn::Rows& rows, const Contrast& contrast) : rows_(rows), contrast_(contrast) {}
  [[nodiscard]] std::int64_t size() const override { return rows_.size(); }
  [[nodiscard]] at::Tensor select(const nn::Places& places) override {
    return contrast_.apply(rows_.select(places));
  }
  [[nodiscard]] at::Tensor range(std::int64_t first, std::int64_t count) override {
    return contrast_.apply(rows_.range(first, count));
  }
  [[nodiscard]] bool in_place() const override { return rows_.in_place(); }
  [[nodiscard]] std::vector<std::int64_t> order(std::uint64_t seed, std::int64_t epoch) override {
    return rows_.order(seed, epoch);
  }

 private:
  nn::Rows& rows_;
  const Contrast& contrast_;
};

}  // namespace cance::detectors
