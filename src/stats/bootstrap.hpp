// Bootstrap interval of a mean (Efron and Tibshirani, Introduction to the Bootstrap, 1993, ch. 14).
#pragma once

#include <span>

namespace cance::stats {

struct Interval {
  double low = 0, high = 0;
};

/// Interval of the mean of independent values with this coverage, up to .999: BCa (bias-corrected
/// and accelerated) over 10,000 resamples. The draws are a function of the number of values alone,
/// so equal values always give the same bits. Fewer than two values: NaN. Equal values: that value
/// twice. Few values give intervals that are too narrow (five cover about .83 instead of .95).
/// Throws on values that are not finite.
[[nodiscard]] Interval bootstrap_mean(std::span<const double> values, double confidence = 0.95);

}  // namespace cance::stats
