// One-sided Wilcoxon signed-rank test between two methods over configurations, exact with ties and
// zeros.
#pragma once

#include <cstddef>
#include <span>

namespace cance::stats {

struct WilcoxonResult {
  double statistic = 0;       ///< W+: sum of the mid-ranks of |d| where d > 0
  double p = 1;               ///< P(W+ >= observed) over all sign flips; alternative "greater"
  double effect = 0;          ///< matched-pairs rank-biserial correlation, -1 to 1 (Kerby 2014)
  std::size_t n = 0;          ///< differences given
  std::size_t n_nonzero = 0;  ///< differences that count
};

/// Test that the differences d = x - y tend to be above 0. Differences of zero are dropped before
/// ranking (SciPy's default). Exact (conditional on the observed mid-ranks) up to 200 non-zero
/// differences, then normal with continuity correction. All zero: W = 0, p = 1. Throws on NaN.
[[nodiscard]] WilcoxonResult wilcoxon_greater(std::span<const double> differences);

/// The smallest p that n non-zero differences can reach, 2^-n: five seeds cannot go below 1/32.
[[nodiscard]] double smallest_p(std::size_t n);

}  // namespace cance::stats
