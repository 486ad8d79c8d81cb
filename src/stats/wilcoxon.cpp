#include "stats/wilcoxon.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include "base/error.hpp"
#include "stats/ranks.hpp"

namespace cance::stats {
namespace {

constexpr std::size_t kMostExact = 200;

/// P(sum >= observed), each rank in the sum with probability 1/2: dynamic programming over all
/// sums.
double exact_p(const std::vector<std::int64_t>& ranks, std::int64_t observed) {
  const auto total = static_cast<std::size_t>(std::accumulate(ranks.begin(), ranks.end(), 0L));
  std::vector<double> probability(total + 1);
  probability[0] = 1;
  std::size_t reached = 0;
  for (const std::int64_t rank : ranks) {
    const auto shift = static_cast<std::size_t>(rank);
    reached += shift;
    for (std::size_t sum = reached + 1; sum-- > 0;) {
      probability[sum] = 0.5 * (probability[sum] + (sum >= shift ? probability[sum - shift] : 0));
    }
  }
  double p = 0;
  for (std::size_t sum = total + 1; sum-- > static_cast<std::size_t>(observed);) {
    p += probability[sum];
  }
  return p;
}

double normal_p(const std::vector<std::int64_t>& doubled_ranks, std::int64_t observed) {
  double mean = 0;
  double variance = 0;
  for (const std::int64_t doubled : doubled_ranks) {
    const double rank = 0.5 * static_cast<double>(doubled);
    mean += rank / 2;
    variance += rank * rank / 4;
  }
  const double statistic = 0.5 * static_cast<double>(observed);
  return 0.5 * std::erfc((statistic - 0.5 - mean) / std::sqrt(variance) / std::numbers::sqrt2);
}

}  // namespace

WilcoxonResult wilcoxon_greater(std::span<const double> differences) {
  std::vector<double> sizes;
  std::vector<bool> positive;
  for (const double d : differences) {
    require(!std::isnan(d), "a difference is NaN: the Wilcoxon test needs a number for every pair");
    if (d != 0) {
      sizes.push_back(std::abs(d));
      positive.push_back(d > 0);
    }
  }
  if (sizes.empty()) {
    return {.statistic = 0, .p = 1, .effect = 0, .n = differences.size(), .n_nonzero = 0};
  }
  const std::vector<std::int64_t> ranks = doubled_mid_ranks(sizes);
  std::int64_t observed = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    observed += positive[i] ? ranks[i] : 0;
  }
  const auto total = static_cast<double>(std::accumulate(ranks.begin(), ranks.end(), 0L));
  return {.statistic = 0.5 * static_cast<double>(observed),
          .p = ranks.size() <= kMostExact ? exact_p(ranks, observed) : normal_p(ranks, observed),
          .effect = 2 * static_cast<double>(observed) / total - 1,  // (W+ - W-) / (W+ + W-)
          .n = differences.size(),
          .n_nonzero = ranks.size()};
}

double smallest_p(std::size_t n) { return std::exp2(-static_cast<double>(n)); }

}  // namespace cance::stats
