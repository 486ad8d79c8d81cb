// Mean and sample standard deviation.
#include "stats/summary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <span>
#include <vector>

namespace cance {
namespace {

using Values = std::vector<double>;

TEST(Summary, ByHand) {
  const auto summary = stats::summarise(Values{2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(summary.n, 8U);
  EXPECT_DOUBLE_EQ(summary.mean, 5);
  EXPECT_DOUBLE_EQ(summary.deviation, std::sqrt(32.0 / 7));
}

TEST(Summary, KeepsItsDigitsAtALargeOffset) {
  EXPECT_DOUBLE_EQ(stats::summarise(Values{1e9 + 1, 1e9 + 2, 1e9 + 3}).deviation, 1);
}

TEST(Summary, OneValueHasNoDeviationAndNoneHasNoMean) {
  const auto one = stats::summarise(Values{3});
  EXPECT_EQ(one.mean, 3);
  EXPECT_TRUE(std::isnan(one.deviation));
  EXPECT_TRUE(std::isnan(stats::summarise(Values{}).mean));
}

TEST(Summary, MarginIsStudents) {  // scipy.stats.t.ppf(.975, 4) * s / sqrt(5)
  const auto summary = stats::summarise(Values{.91, .93, .92, .97, .90});
  EXPECT_NEAR(stats::mean_margin(summary), 0.03354791384926653, 1e-12);
  EXPECT_NEAR(stats::mean_margin(summary, 0.5), 0.008949876919840987, 1e-12);
  EXPECT_TRUE(std::isnan(stats::mean_margin(stats::summarise(Values{1}))));
}

TEST(Quantile, IsNumpys) {  // numpy.quantile([1, 2, 4, 8], share)
  const Values values{1, 2, 4, 8};
  EXPECT_EQ(stats::quantile(values, 0), 1);
  EXPECT_EQ(stats::quantile(values, 0.25), 1.75);
  EXPECT_EQ(stats::quantile(values, 0.5), 3);
  EXPECT_NEAR(stats::quantile(values, 0.9), 6.8, 1e-15);
  EXPECT_EQ(stats::quantile(values, 1), 8);
  EXPECT_EQ(stats::quantile(Values{5}, 0.3), 5);
}

TEST(ConformalThreshold, IsTheOrderStatisticOfSplitConformalPrediction) {
  Values values(99);
  std::iota(values.begin(), values.end(), 1);
  const auto of_99 = stats::conformal_threshold(values, 0.95);  // rank ceil(.95 * 100)
  EXPECT_EQ(of_99.value, 95);
  EXPECT_DOUBLE_EQ(of_99.share_below, 0.95);
  const auto of_40 = stats::conformal_threshold(std::span(values).first(40), 0.95);
  EXPECT_EQ(of_40.value, 39);  // rank ceil(.95 * 41) = ceil(38.95)
  EXPECT_DOUBLE_EQ(of_40.share_below, 39.0 / 41);
  const auto of_4 = stats::conformal_threshold(std::span(values).first(4), 0.95);
  EXPECT_EQ(of_4.value, 4);  // too few: the greatest
  EXPECT_DOUBLE_EQ(of_4.share_below, 0.8);
}

TEST(ConformalThreshold, LetsTheShareAskedForAboveInTheMean) {
  std::mt19937 draws(1);
  std::normal_distribution<double> normal;
  constexpr int kSamples = 4000, kValidationRows = 60;
  double above = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    Values values(kValidationRows);
    std::ranges::generate(values, [&] { return normal(draws); });
    std::ranges::sort(values);
    const double threshold = stats::conformal_threshold(values, 0.95).value;
    above += 0.5 * std::erfc(threshold / std::sqrt(2.0));  // the normal tail
  }
  EXPECT_NEAR(above / kSamples, 3.0 / 61, 0.002);  // numpy.quantile lets 6.4 % above
}

}  // namespace
}  // namespace cance
