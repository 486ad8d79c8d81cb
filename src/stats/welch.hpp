// Interval of the difference of two means whose deviations may differ (Welch 1947).
#pragma once

#include "stats/summary.hpp"

namespace cance::stats {

/// Half width of the interval of mean(b) - mean(a) with this coverage: t quantile with Welch's
/// degrees of freedom times the standard error. NaN where either has fewer than two values; 0 where
/// neither varies.
[[nodiscard]] double welch_margin(const Summary& a, const Summary& b, double confidence = 0.95);

}  // namespace cance::stats
