#include "stats/auroc.hpp"

#include "base/error.hpp"
#include "stats/ranks.hpp"

namespace cance::stats {
namespace {

ClassCounts count_both_classes(std::span<const double> scores,
                               std::span<const std::uint8_t> labels) {
  const ClassCounts counts = count_classes(scores, labels);
  require(counts.normal > 0 && counts.anomalous > 0,
          "AUROC and AUPRC need both classes, the test rows have {} normal and {} anomalous",
          counts.normal, counts.anomalous);
  return counts;
}

}  // namespace

double auroc(std::span<const double> scores, std::span<const std::uint8_t> labels) {
  const ClassCounts counts = count_both_classes(scores, labels);
  const std::vector<std::int64_t> ranks = doubled_mid_ranks(scores);
  std::int64_t doubled_sum = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    doubled_sum += labels[i] == 1 ? ranks[i] : 0;
  }
  const auto anomalous = static_cast<std::int64_t>(counts.anomalous);
  const auto doubled_pairs = static_cast<double>(doubled_sum - anomalous * (anomalous + 1));
  return doubled_pairs /
         (2.0 * static_cast<double>(counts.anomalous) * static_cast<double>(counts.normal));
}

double average_precision(std::span<const double> scores, std::span<const std::uint8_t> labels) {
  const ClassCounts counts = count_both_classes(scores, labels);
  const std::vector<std::size_t> order = order_by_falling_score(scores);
  double sum = 0;
  std::size_t found = 0, before = 0;  // anomalous rows so far, and at the last distinct score
  for (std::size_t i = 0; i < order.size(); ++i) {
    found += labels[order[i]];
    if (i + 1 == order.size() || scores[order[i + 1]] != scores[order[i]]) {
      sum += static_cast<double>(found - before) * static_cast<double>(found) /
             static_cast<double>(i + 1);
      before = found;
    }
  }
  return sum / static_cast<double>(counts.anomalous);
}

std::vector<RocPoint> roc_curve(std::span<const double> scores,
                                std::span<const std::uint8_t> labels) {
  const ClassCounts counts = count_both_classes(scores, labels);
  const std::vector<std::size_t> order = order_by_falling_score(scores);
  std::vector<RocPoint> curve{{0, 0}};
  std::size_t true_positives = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    true_positives += labels[order[i]];
    if (i + 1 == order.size() || scores[order[i + 1]] != scores[order[i]]) {
      const std::size_t false_positives = i + 1 - true_positives;
      curve.push_back(
          {static_cast<double>(false_positives) / static_cast<double>(counts.normal),
           static_cast<double>(true_positives) / static_cast<double>(counts.anomalous)});
    }
  }
  return curve;
}

}  // namespace cance::stats
