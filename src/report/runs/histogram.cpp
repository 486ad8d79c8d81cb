#include "report/runs/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stats/summary.hpp"

namespace cance::report {
namespace {

constexpr std::size_t kBins = 40;
constexpr double kCutShare = 0.002;  ///< of the rows of a class, beyond each end of an axis
constexpr double kTailShare = 0.05;  ///< of the normal rows, at each side of their bulk

/// Scores of one class, ascending, without those for all beyond float64, which would fill an axis.
std::vector<double> sorted_scores(const std::vector<double>& scores,
                                  const std::vector<std::uint8_t>& labels, bool anomalous) {
  std::vector<double> sorted;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if ((labels[i] != 0) == anomalous && scores[i] < std::numeric_limits<double>::max()) {
      sorted.push_back(scores[i]);
    }
  }
  std::ranges::sort(sorted);
  return sorted;
}

/// Holds both classes; the bulk is that of the normal rows, or of all where none is normal.
Scale score_axis(const std::vector<double>& normal, const std::vector<double>& anomalous) {
  const std::vector<double>& bulk = normal.empty() ? anomalous : normal;
  if (bulk.empty()) {
    return {0, 1};
  }
  double low = stats::quantile(bulk, kCutShare);
  double high = stats::quantile(bulk, 1 - kCutShare);
  if (!anomalous.empty()) {
    low = std::min(low, stats::quantile(anomalous, kCutShare));
    high = std::max(high, stats::quantile(anomalous, 1 - kCutShare));
  }
  const double size = std::max(std::abs(low), std::abs(high));
  constexpr double kResolved = 1e-9;  // a smaller share of the values is rounding, not a range
  if (high - low <= kResolved * size || size == 0) {
    low -= std::max(size, 1.0) / 2;
    high += std::max(size, 1.0) / 2;
  }
  const double centre = stats::quantile(bulk, 0.5);
  const double width =
      (stats::quantile(bulk, 1 - kTailShare) - stats::quantile(bulk, kTailShare)) / 2;
  const bool equal = width <= kResolved * std::max(std::abs(centre), kResolved * size);
  return Scale::long_tailed(low, high, centre, equal ? (high - low) / 2 : width);
}

}  // namespace

Histogram histogram_of(const std::vector<double>& scores, const std::vector<std::uint8_t>& labels,
                       double threshold) {
  Histogram histogram{{0, 1}, std::vector<double>(kBins), std::vector<double>(kBins), threshold};
  if (scores.empty()) {
    return histogram;
  }
  histogram.axis = score_axis(sorted_scores(scores, labels, /*anomalous=*/false),
                              sorted_scores(scores, labels, /*anomalous=*/true));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto bin = static_cast<std::size_t>(histogram.axis.unit(scores[i]) * kBins);
    (labels[i] != 0 ? histogram.anomalous : histogram.normal)[std::min(bin, kBins - 1)] += 1;
  }
  for (auto* bins : {&histogram.normal, &histogram.anomalous}) {
    const double total = std::accumulate(bins->begin(), bins->end(), 0.0);
    for (double& share : *bins) {
      share /= std::max(total, 1.0);
    }
  }
  return histogram;
}

}  // namespace cance::report
