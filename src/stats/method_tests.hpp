// Tests between methods over configurations: Wilcoxon's signed ranks for two, exact with ties and
// zeros, and Holm's correction for several such tests; Friedman's for all at once, and Nemenyi's
// critical difference (Demsar, Journal of Machine Learning Research 7, 2006).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/matrix.hpp"

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

/// Adjusted p values in the given order (Holm's step-down correction, Scandinavian Journal of
/// Statistics 6, 1979): rejecting those <= alpha keeps the chance of any false
/// rejection in the family at alpha, whatever their dependence. Each p in [0, 1].
[[nodiscard]] std::vector<double> holm(std::span<const double> p);

struct FriedmanResult {
  std::vector<double> ranks;  ///< average rank of each method, 1 = the highest values
  double statistic = 0;       ///< chi squared with k - 1 degrees of freedom, corrected for ties
  double p = 1;               ///< P(chi squared >= statistic); an approximation, rough below n = 10
  std::size_t n = 0;          ///< blocks
};

/// Values [n, k], a row a block (data set, case) and a column a method, n >= 1, k >= 2, high =
/// better. Equal values share their mean rank; all equal: the statistic is 0. Throws on NaN.
[[nodiscard]] FriedmanResult friedman(const Matrix<double>& values);

/// Average ranks over n blocks that differ by at least this are different at level alpha (Nemenyi):
/// q sqrt(k (k + 1) / (6 n)), q the upper alpha point of the studentized range of k means with
/// infinite degrees of freedom over sqrt(2). k >= 2, n >= 1, alpha in (0, 1).
[[nodiscard]] double critical_difference(std::size_t k, std::size_t n, double alpha = 0.05);

}  // namespace cance::stats
