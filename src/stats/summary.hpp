// Mean and standard deviation over seeds or configurations, quantiles, and thresholds by them.
#pragma once

#include <cstddef>
#include <span>

namespace cance::stats {

struct Summary {
  std::size_t n = 0;
  double mean = 0;       ///< NaN for no values
  double deviation = 0;  ///< sample standard deviation, divisor n-1; NaN for fewer than two values
};

[[nodiscard]] Summary summarise(std::span<const double> values);

/// Half the width of Student's t interval of the mean with this coverage; NaN for fewer than two.
[[nodiscard]] double mean_margin(const Summary& summary, double confidence = 0.95);

/// Half width of the interval of the difference of two means whose deviations may differ, mean(b) -
/// mean(a) (Welch 1947), with this coverage: t quantile with Welch's
/// degrees of freedom times the standard error. NaN where either has fewer than two values; 0 where
/// neither varies.
[[nodiscard]] double welch_margin(const Summary& a, const Summary& b, double confidence = 0.95);

/// The value below which this share of the values lies; at least one, ascending. Linear between
/// neighbours, rounded as numpy.quantile rounds.
[[nodiscard]] double quantile(std::span<const double> ascending, double share);

/// A threshold for new values like the given ones, which may be in any order with them.
struct ConformalThreshold {
  double value = 0;
  double share_below = 0;  ///< new values at or below it, in the mean over samples of this size
};

/// The least of the values, at least one and ascending, with `share` of new ones at or below it:
/// the one of rank ceil(share (n + 1)). The greatest where n is too small for that; then
/// `share_below` is n / (n + 1), less than `share`.
[[nodiscard]] ConformalThreshold conformal_threshold(std::span<const double> ascending,
                                                     double share);

}  // namespace cance::stats
