// Friedman's test over several methods, and Nemenyi's critical difference of their average ranks
// (Demsar, Journal of Machine Learning Research 7, 2006).
#pragma once

#include <cstddef>
#include <vector>

#include "base/matrix.hpp"

namespace cance::stats {

struct FriedmanResult {
  std::vector<double> ranks;  ///< average rank of each method, 1 = the highest values
  double statistic = 0;       ///< chi squared with k - 1 degrees of freedom, corrected for ties
  double p = 1;               ///< P(chi squared >= statistic); an approximation, rough below n = 10
  std::size_t n = 0;          ///< blocks
};

/// Values [n, k], a row a block (data set, case) and a column a method, n >= 1, k >= 2, high =
/// better. Equal values share their mean rank; when all are equal the statistic is 0. Throws on
/// NaN.
[[nodiscard]] FriedmanResult friedman(const Matrix<double>& values);

/// Average ranks over n blocks that differ by at least this are different at level alpha (Nemenyi):
/// q sqrt(k (k + 1) / (6 n)), q the upper alpha point of the studentized range of k means with
/// infinite degrees of freedom over sqrt(2). k >= 2, n >= 1, alpha in (0, 1).
[[nodiscard]] double critical_difference(std::size_t k, std::size_t n, double alpha = 0.05);

}  // namespace cance::stats
