#include "stats/f1.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "stats/ranks.hpp"

namespace cance::stats {
namespace {

/// Rows over a cut, and the anomalous among them.
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

/// Exactly k rows: those over the cut, and a random choice among those at the cut, in expectation.
Hits expected_hits(std::span<const double> scores, std::span<const std::uint8_t> labels, double cut,
                   double k) {
  const Hits over = count_hits(scores, labels, [cut](double score) { return score > cut; });
  const Hits tied = count_hits(scores, labels, [cut](double score) { return score == cut; });
  return {k, over.correct + (k - over.predicted) * tied.correct / tied.predicted};
}

PrecisionRecallF1 of_hits(const Hits& hits, double anomalous, double cut) {
  return {.precision = hits.correct / hits.predicted,
          .recall = hits.correct / anomalous,
          .f1 = 2 * hits.correct / (hits.predicted + anomalous),
          .threshold = cut};
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
  return of_hits(expected_hits(scores, labels, *at, static_cast<double>(k)),
                 static_cast<double>(counts.anomalous), *at);
}

PrecisionRecallF1 precision_recall_f1(std::span<const double> scores,
                                      std::span<const std::uint8_t> labels) {
  const std::size_t anomalous = count_classes(scores, labels).anomalous;
  require(anomalous > 0, "F1 needs anomalous test rows, there is none among {}", scores.size());
  return flag_top(scores, labels, anomalous);
}

}  // namespace cance::stats
