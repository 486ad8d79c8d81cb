#include "stats/tail_score.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace cance::stats {
namespace {

/// Mean excess of the highest tenth over the score below them; where those tie, the mean distance
/// from the lowest.
double pace_of(std::span<const double> ascending) {
  const std::size_t n = ascending.size();
  const std::size_t most = std::min(n - 1, (n + 9) / 10);
  const auto mean_above = [&](std::size_t begin) {
    double sum = 0;
    for (std::size_t i = begin; i < n; ++i) {
      sum += ascending[i] - ascending[begin - 1];
    }
    return sum / static_cast<double>(n - begin);
  };
  for (const std::size_t begin : {n - most, std::size_t{1}}) {
    if (const double pace = mean_above(begin); pace > 0) {
      return pace;
    }
  }
  return 1;
}

}  // namespace

TailScore::TailScore(std::span<const double> normals) {
  require(normals.size() >= 2, "{} scores of held-out normal rows, expected at least 2",
          normals.size());
  std::vector<double> ascending(normals.begin(), normals.end());
  std::ranges::sort(ascending);
  const auto n = static_cast<double>(ascending.size());
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    if (i == 0 || ascending[i] > ascending[i - 1]) {
      scores_.push_back(ascending[i]);
      heights_.push_back(std::log((n + 1) / (n - static_cast<double>(i))));
    }
  }
  pace_ = pace_of(ascending);
}

double TailScore::operator()(double score) const {
  if (std::isnan(score)) {
    return score;
  }
  if (score <= scores_.front()) {
    return heights_.front() * std::exp((score - scores_.front()) / pace_);
  }
  if (score >= scores_.back()) {
    return std::min(kGreatest, heights_.back() + (score - scores_.back()) / pace_);
  }
  const auto above = std::ranges::upper_bound(scores_, score);
  const auto i = static_cast<std::size_t>(above - scores_.begin());
  const double share = (score - scores_[i - 1]) / (scores_[i] - scores_[i - 1]);
  return std::lerp(heights_[i - 1], heights_[i], share);
}

}  // namespace cance::stats
