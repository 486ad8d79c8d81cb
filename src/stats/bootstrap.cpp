#include "stats/bootstrap.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "stats/summary.hpp"

namespace cance::stats {
namespace {

constexpr std::size_t kResamples = 10'000;

/// Means of the resamples, ascending. Offsets from the mean are summed, for a large common value.
std::vector<double> resampled_means(std::span<const double> values, double mean) {
  const std::size_t n = values.size();
  const Random random(0, Purpose::bootstrap, n);
  std::vector<double> means(kResamples);
  for (std::size_t r = 0; r < kResamples; ++r) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      sum += values[random.below(n, r * n + i)] - mean;
    }
    means[r] = mean + sum / static_cast<double>(n);
  }
  std::ranges::sort(means);
  return means;
}

/// Acceleration of the mean: its jackknife values are (mean - x) / (n - 1) away from it.
double acceleration(std::span<const double> values, double mean) {
  double squares = 0;
  double cubes = 0;
  for (const double value : values) {
    const double d = value - mean;
    squares += d * d;
    cubes += d * d * d;
  }
  return cubes / (6 * std::pow(squares, 1.5));
}

}  // namespace

Interval bootstrap_mean(std::span<const double> values, double confidence) {
  require(confidence > 0 && confidence <= 0.999,
          "confidence {}: expected a share above 0 and up to .999", confidence);
  for (const double value : values) {
    require(std::isfinite(value), "{} among values to resample: expected finite numbers", value);
  }
  if (values.size() < 2) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    return {kNone, kNone};
  }
  const auto [least, most] = std::ranges::minmax(values);
  if (least == most) {
    return {least, least};
  }
  const double mean = summarise(values).mean;
  const std::vector<double> means = resampled_means(values, mean);
  const auto below = std::ranges::lower_bound(means, mean) - means.begin();
  const auto not_above = std::ranges::upper_bound(means, mean) - means.begin();
  const boost::math::normal normal;
  const double bias =
      boost::math::quantile(normal, 0.5 * static_cast<double>(below + not_above) / kResamples);
  const double a = acceleration(values, mean);
  const auto bound = [&](double share) {
    const double z = bias + boost::math::quantile(normal, share);
    return quantile(means, boost::math::cdf(normal, bias + z / (1 - a * z)));
  };
  const double tail = 0.5 * (1 - confidence);
  return {bound(tail), bound(1 - tail)};
}

}  // namespace cance::stats
