// Precision, recall and F1 with the threshold set at the known number k of anomalies in the test
// rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cance::stats {

struct PrecisionRecallF1 {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  double threshold = 0;  ///< k-th largest score
};

/// Exactly k rows count as predicted anomalous, ties at the cut broken at random, in expectation.
/// Labels 1 = anomalous, high score = anomalous. Throws without an anomalous row, with NaN scores,
/// with other labels.
[[nodiscard]] PrecisionRecallF1 precision_recall_f1(std::span<const double> scores,
                                                    std::span<const std::uint8_t> labels);

/// As `precision_recall_f1`, with any k in place of the number of anomalies; 0 < k <= n.
[[nodiscard]] PrecisionRecallF1 flag_top(std::span<const double> scores,
                                         std::span<const std::uint8_t> labels, std::size_t k);

}  // namespace cance::stats
