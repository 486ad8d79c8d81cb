#include "stats/judge.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "stats/auroc.hpp"
#include "stats/ranks.hpp"

namespace cance::stats {
namespace {

constexpr double kCalledNormal = 0.8;  // share of the rows, FlagRule::normals

std::size_t count_of(double share, std::size_t rows) {
  const auto count = std::llround(share * static_cast<double>(rows));
  return static_cast<std::size_t>(std::clamp<long long>(count, 1, static_cast<long long>(rows)));
}

/// The same rows with normal as the class to find.
PrecisionRecallF1 find_normals(std::span<const double> scores,
                               std::span<const std::uint8_t> labels) {
  std::vector<double> normality(scores.size());
  std::vector<std::uint8_t> normal(labels.size());
  std::ranges::transform(scores, normality.begin(), [](double score) { return -score; });
  std::ranges::transform(labels, normal.begin(),
                         [](std::uint8_t label) { return label == 0 ? 1 : 0; });
  return flag_top(normality, normal, count_of(kCalledNormal, scores.size()));
}

PrecisionRecallF1 flagged(std::span<const double> scores, std::span<const std::uint8_t> labels,
                          const Judging& judging) {
  switch (judging.rule) {
    case FlagRule::share:
      return flag_top(scores, labels, count_of(judging.share, scores.size()));
    case FlagRule::normals:
      return find_normals(scores, labels);
    default:
      return precision_recall_f1(scores, labels);
  }
}

/// AUROC of the rows of one kind against the normal ones.
double auroc_of_kind(std::span<const double> scores, std::span<const std::int32_t> kinds,
                     std::int32_t kind) {
  std::vector<double> own;
  std::vector<std::uint8_t> labels;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (kinds[i] == 0 || kinds[i] == kind) {
      own.push_back(scores[i]);
      labels.push_back(kinds[i] == 0 ? 0 : 1);
    }
  }
  return auroc(own, labels);
}

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

std::vector<std::pair<std::string, double>> judge(std::span<const double> scores,
                                                  std::span<const std::uint8_t> labels,
                                                  const Judging& judging) {
  std::vector<std::pair<std::string, double>> metrics{{"auroc", auroc(scores, labels)},
                                                      {"auprc", average_precision(scores, labels)}};
  if (judging.rule != FlagRule::none) {
    const PrecisionRecallF1 result = flagged(scores, labels, judging);
    metrics.insert(metrics.end(),
                   {{"precision", result.precision}, {"recall", result.recall}, {"f1", result.f1}});
  }
  require(judging.kinds.empty() || judging.kinds.size() == scores.size(), "{} kinds for {} scores",
          judging.kinds.size(), scores.size());
  double sum = 0;
  std::size_t found = 0;
  for (std::size_t kind = 1; !judging.kinds.empty() && kind < judging.kind_names.size(); ++kind) {
    const auto number = static_cast<std::int32_t>(kind);
    if (contains(judging.kinds, number)) {
      const double value = auroc_of_kind(scores, judging.kinds, number);
      metrics.emplace_back("auroc:" + judging.kind_names[kind], value);
      sum += value;
      ++found;
    }
  }
  if (found > 0) {
    metrics.emplace_back("auroc_kinds", sum / static_cast<double>(found));
  }
  return metrics;
}

FlagRule flag_rule(const std::string& protocol) {
  if (protocol == "goad") {
    return FlagRule::known;
  }
  if (protocol == "dagmm") {
    return FlagRule::share;
  }
  return protocol == "drocc" ? FlagRule::normals : FlagRule::none;
}

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
