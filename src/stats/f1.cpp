#include "stats/f1.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "stats/ranks.hpp"

namespace cance::stats {
namespace {

/// Rows on one side of a cut, and the anomalous among them.
struct Hits {
  double predicted = 0;
  double correct = 0;
};

template <class Predicate>
Hits count_hits(std::span<const double> scores, std::span<const std::uint8_t> labels,
                Predicate predicted) {
  Hits hits;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (predicted(scores[i])) {
      hits.predicted += 1;
      hits.correct += labels[i];
    }
  }
  return hits;
}

}  // namespace

PrecisionRecallF1 flag_top(std::span<const double> scores, std::span<const std::uint8_t> labels,
                           std::size_t k) {
  const ClassCounts counts = count_classes(scores, labels);
  require(counts.anomalous > 0, "F1 needs anomalous test rows, there is none among {}",
          scores.size());
  require(k > 0 && k <= scores.size(), "{} of {} rows cannot be flagged", k, scores.size());
  std::vector<double> ascending(scores.begin(), scores.end());
  const auto at = ascending.end() - static_cast<std::ptrdiff_t>(k);
  std::ranges::nth_element(ascending, at);
  const double cut = *at;
  const Hits over = count_hits(scores, labels, [cut](double score) { return score > cut; });
  const Hits tied = count_hits(scores, labels, [cut](double score) { return score == cut; });
  const auto flagged = static_cast<double>(k);
  const auto anomalous = static_cast<double>(counts.anomalous);
  const double correct =
      over.correct + (flagged - over.predicted) * tied.correct / tied.predicted;  // expected
  return {.precision = correct / flagged,
          .recall = correct / anomalous,
          .f1 = 2 * correct / (flagged + anomalous),
          .threshold = cut};
}

PrecisionRecallF1 precision_recall_f1(std::span<const double> scores,
                                      std::span<const std::uint8_t> labels) {
  const std::size_t anomalous = count_classes(scores, labels).anomalous;
  require(anomalous > 0, "F1 needs anomalous test rows, there is none among {}", scores.size());
  return flag_top(scores, labels, anomalous);
}

}  // namespace cance::stats
