// Scores of different models on one scale, without any label: how unlikely a score is among those
// of held-out normal rows.
#pragma once

#include <limits>
#include <span>
#include <vector>

namespace cance::stats {

/// -log p of a score s, p being the share of normal rows that score as high. By n scores of normal
/// rows p is (n - i + 1) / (n + 1) at the i-th lowest, where scores tie at the first of them; -log
/// p is linear between them, beyond the largest it grows by the mean excess of the tenth of the
/// rows that score highest (an exponential tail), below the lowest it falls towards 0 at that pace.
/// So it grows with s everywhere and keeps the order of scores.
class TailScore {
 public:
  /// Of normal rows, in any order. Error: fewer than two.
  explicit TailScore(std::span<const double> normals);

  /// At most kGreatest; NaN of a NaN.
  [[nodiscard]] double operator()(double score) const;

  static constexpr double kGreatest = std::numeric_limits<double>::max();

  /// Scores of the normal rows, ascending, each once, and -log p of each.
  [[nodiscard]] std::span<const double> scores() const { return scores_; }
  [[nodiscard]] std::span<const double> heights() const { return heights_; }
  /// By how much a score beyond the largest grows for one more of -log p.
  [[nodiscard]] double pace() const { return pace_; }

 private:
  std::vector<double> scores_, heights_;  ///< ascending, each score once
  double pace_ = 1;
};

}  // namespace cance::stats
