// Friedman's test, critical differences and Holm's correction against SciPy and tables.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "stats/method_tests.hpp"

namespace cance {
namespace {

using stats::FriedmanResult;

TEST(Friedman, IsScipysWithTies) {  // scipy.stats.friedmanchisquare(*values.T), SciPy 1.17
  const FriedmanResult result = stats::friedman(
      {5, 3, {.91, .93, .92, .85, .9, .85, .7, .72, .75, .99, .99, .99, .6, .5, .4}});
  EXPECT_NEAR(result.statistic, 1.733333333333339, 1e-12);
  EXPECT_NEAR(result.p, 0.4203503845086808, 1e-12);
  EXPECT_EQ(result.n, 5U);
  EXPECT_NEAR(result.ranks[0], 2.3, 1e-14);
  EXPECT_NEAR(result.ranks[1], 1.6, 1e-14);
  EXPECT_NEAR(result.ranks[2], 2.1, 1e-14);
}

TEST(Friedman, IsScipysWithoutTies) {
  const FriedmanResult result =
      stats::friedman({6, 4, {.91, .93, .92, .8,  .85, .9, .86, .81, .7, .72, .75, .6,
                              .99, .98, .97, .96, .6,  .5, .4,  .3,  .5, .7,  .6,  .2}});
  EXPECT_NEAR(result.statistic, 12.2, 1e-12);
  EXPECT_NEAR(result.p, 0.006728522930461357, 1e-12);
  EXPECT_EQ(result.ranks[3], 4);
}

TEST(Friedman, EqualValuesAreNoEvidenceAndNanIsRefused) {
  const FriedmanResult result = stats::friedman({2, 3, {1, 1, 1, 2, 2, 2}});
  EXPECT_EQ(result.statistic, 0);
  EXPECT_EQ(result.p, 1);
  EXPECT_EQ(result.ranks, (std::vector<double>{2, 2, 2}));
  EXPECT_THROW(static_cast<void>(stats::friedman({1, 2, {1, std::nan("")}})), Error);
  EXPECT_THROW(static_cast<void>(stats::friedman({0, 2, {}})), Error);
}

TEST(CriticalDifference, IsTheStudentizedRange) {
  // scipy.stats.studentized_range.ppf(1 - alpha, k, inf) / sqrt(2); Demsar 2006, table 5,
  // has 1.960, 2.343, 2.728 and 3.164 for .05.
  struct Quantiles {
    std::size_t k;
    double q05, q10;
  };
  for (const auto& [k, q05, q10] : {Quantiles{2, 1.9599639845400534, 1.6448536269514722},
                                    {3, 2.343700586378409, 2.0522927304967755},
                                    {5, 2.7277743708703763, 2.4595157642714183},
                                    {10, 3.163683577053373, 2.9198888400615384},
                                    {18, 3.4886847993791976, 3.2614614896472762}}) {
    const auto methods = static_cast<double>(k);
    const double unit = std::sqrt(methods * (methods + 1) / (6.0 * 14));
    EXPECT_NEAR(stats::critical_difference(k, 14) / unit, q05, 1e-8) << k;
    EXPECT_NEAR(stats::critical_difference(k, 14, 0.1) / unit, q10, 1e-8) << k;
  }
  EXPECT_THROW(static_cast<void>(stats::critical_difference(1, 5)), Error);
}

TEST(Holm, ByHand) {
  // statsmodels.stats.multitest.multipletests([.01, .04, .03, .005, .6], method="holm")
  const auto adjusted = stats::holm(std::vector<double>{.01, .04, .03, .005, .6});
  const std::vector<double> expected{.04, .09, .09, .025, .6};
  ASSERT_EQ(adjusted.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(adjusted[i], expected[i], 1e-15) << i;
  }
}

TEST(Holm, StaysWithinOneAndKeepsTheOrder) {
  EXPECT_EQ(stats::holm(std::vector<double>{.5, .9, .5}), (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(stats::holm(std::vector<double>{.2}), (std::vector<double>{.2}));
  EXPECT_TRUE(stats::holm({}).empty());
  EXPECT_THROW(static_cast<void>(stats::holm(std::vector<double>{1.5})), Error);
  EXPECT_THROW(static_cast<void>(stats::holm(std::vector<double>{std::nan("")})), Error);
}

}  // namespace
}  // namespace cance
