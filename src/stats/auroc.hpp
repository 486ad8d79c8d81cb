// Area under the ROC curve, exact with ties, and the curve; area under precision-recall.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cance::stats {

/// P(anomalous score > normal score) + 1/2 P(equal), by mid-ranks; labels 1 = anomalous, high score
/// = anomalous. Throws with one class only, NaN scores, other labels.
[[nodiscard]] double auroc(std::span<const double> scores, std::span<const std::uint8_t> labels);

/// Average precision: over the distinct scores from the highest, the sum of precision times the
/// rise in recall, as scikit-learn's; of random scores the share of anomalies. Throws as `auroc`.
[[nodiscard]] double average_precision(std::span<const double> scores,
                                       std::span<const std::uint8_t> labels);

struct RocPoint {
  double false_positive_rate;
  double true_positive_rate;
};

/// The curve from (0, 0) to (1, 1), one point a distinct score. Throws as `auroc`.
[[nodiscard]] std::vector<RocPoint> roc_curve(std::span<const double> scores,
                                              std::span<const std::uint8_t> labels);

}  // namespace cance::stats
