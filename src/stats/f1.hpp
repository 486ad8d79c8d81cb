// Precision, recall and F1 with the threshold set at the known number k of anomalies in the test
// rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cance::stats {

/// How k decides which rows count as predicted anomalous; they differ only where scores tie at the
/// cut.
enum class ThresholdRule {
  expected,      ///< exactly k rows, ties at the cut broken at random, in expectation (recommended)
  ge_kth,        ///< score >= k-th largest score: all ties are in
  gt_percentile  ///< score > percentile 100 (1 - k/n), linear interpolation (DAGMM's code)
};

struct PrecisionRecallF1 {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  double threshold = 0;  ///< k-th largest score, or the percentile
};

/// Labels 1 = anomalous, high score = anomalous. With nothing predicted precision and F1 are 0.
/// Throws without an anomalous row, with NaN scores, with other labels.
[[nodiscard]] PrecisionRecallF1 precision_recall_f1(std::span<const double> scores,
                                                    std::span<const std::uint8_t> labels,
                                                    ThresholdRule rule = ThresholdRule::expected);

/// The same with exactly k rows flagged (0 < k <= n), ties at the cut broken at random, in
/// expectation.
[[nodiscard]] PrecisionRecallF1 flag_top(std::span<const double> scores,
                                         std::span<const std::uint8_t> labels, std::size_t k);

}  // namespace cance::stats
