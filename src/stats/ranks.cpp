#include "stats/ranks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.hpp"

namespace cance::stats {

std::vector<std::int64_t> doubled_mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [values](std::size_t i) { return values[i]; });
  std::vector<std::int64_t> ranks(values.size());
  std::size_t end = 0;
  for (std::size_t begin = 0; begin < order.size(); begin = end) {
    end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) {
      ++end;
    }
    for (std::size_t i = begin; i < end; ++i) {
      ranks[order[i]] = static_cast<std::int64_t>(begin + 1 + end);
    }
  }
  return ranks;
}

ClassCounts count_classes(std::span<const double> scores, std::span<const std::uint8_t> labels) {
  require(scores.size() == labels.size(), "{} scores but {} labels: one label a score is needed",
          scores.size(), labels.size());
  ClassCounts counts;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    require(!std::isnan(scores[i]), "the score of row {} is NaN: it cannot be ranked", i);
    require(labels[i] <= 1, "the label of row {} is {}, expected 0 (normal) or 1 (anomalous)", i,
            labels[i]);
    ++(labels[i] == 1 ? counts.anomalous : counts.normal);
  }
  return counts;
}

std::vector<std::size_t> order_by_falling_score(std::span<const double> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [scores](std::size_t i) { return scores[i]; });
  return order;
}

}  // namespace cance::stats
