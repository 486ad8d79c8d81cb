// Bootstrap interval of a mean against SciPy, and its coverage.
#include "stats/bootstrap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"

namespace cance {
namespace {

using stats::bootstrap_mean;
using stats::Interval;
using Sample = std::vector<double>;

/// scipy.stats.bootstrap((values,), np.mean, n_resamples=200000, confidence_level=confidence,
/// method="BCa"), SciPy 1.17; `error` is its standard error of the mean.
struct Reference {
  Sample values;
  double confidence, low, high, error;
};

TEST(Bootstrap, IsScipysBca) {
  const std::vector<Reference> references{{{.91, .93, .92, .97, .90}, .95, .912, .958, .0108},
                                          {{.91, .93, .92, .97, .90}, .8, .916, .946, .0108},
                                          {{1, 2, 4, 8, 16, 32, 64, 3, 5, 7}, .95, 6.2, 33.3, 5.92},
                                          {{1, 2, 4, 8, 16, 32, 64, 3, 5, 7}, .8, 8.4, 25.4, 5.92}};
  for (const Reference& reference : references) {
    const Interval interval = bootstrap_mean(reference.values, reference.confidence);
    // An end of the interval is a quantile of 10,000 draws: its own error is below .1 of `error`.
    EXPECT_NEAR(interval.low, reference.low, 0.2 * reference.error);
    EXPECT_NEAR(interval.high, reference.high, 0.2 * reference.error);
  }
}

TEST(Bootstrap, CoversTheMeanAsOftenAsItSays) {
  constexpr std::size_t kRows = 30;
  constexpr int kTrials = 200;
  int covered = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    Sample values(kRows);
    Random(3, Purpose::test, static_cast<std::uint64_t>(trial)).fill_normal(values);
    const Interval interval = bootstrap_mean(values, 0.9);
    covered += interval.low <= 0 && interval.high >= 0 ? 1 : 0;
  }
  EXPECT_NEAR(covered, 0.9 * kTrials, 13);  // three deviations of a count of 200
}

TEST(Bootstrap, MovesWithTheValuesAndNotWithTime) {
  const Sample values{.91, .93, .92, .97, .90};
  Sample moved(values);
  std::ranges::for_each(moved, [](double& value) { value += 1e6; });
  const Interval interval = bootstrap_mean(values);
  const Interval again = bootstrap_mean(values);
  EXPECT_EQ(interval.low, again.low);
  EXPECT_EQ(interval.high, again.high);
  EXPECT_NEAR(bootstrap_mean(moved).low - 1e6, interval.low, 1e-9);
  EXPECT_NEAR(bootstrap_mean(moved).high - 1e6, interval.high, 1e-9);
}

TEST(Bootstrap, FewAndEqualValues) {
  for (const Sample& values : {Sample{}, Sample{3}}) {
    EXPECT_TRUE(std::isnan(bootstrap_mean(values).low));
    EXPECT_TRUE(std::isnan(bootstrap_mean(values).high));
  }
  EXPECT_EQ(bootstrap_mean(Sample{.1, .1, .1}).low, .1);
  EXPECT_EQ(bootstrap_mean(Sample{.1, .1, .1}).high, .1);
  EXPECT_EQ(bootstrap_mean(Sample{.1, .2}).low, .1);
  EXPECT_EQ(bootstrap_mean(Sample{.1, .2}).high, .2);
}

TEST(Bootstrap, RefusesNanAndImpossibleConfidence) {
  EXPECT_THROW(static_cast<void>(bootstrap_mean(Sample{1, std::nan("")})), Error);
  EXPECT_THROW(static_cast<void>(bootstrap_mean(Sample{1, 2}, 1)), Error);
}

}  // namespace
}  // namespace cance
