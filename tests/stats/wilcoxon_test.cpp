// Signed-rank test: golden cases, enumeration of all sign flips, the normal approximation.
#include <algorithm>

#include "base/random.hpp"
#include "stats/method_tests.hpp"
#include "tests/support/golden.hpp"

namespace cance {
namespace {

using stats::wilcoxon_greater;
using stats::WilcoxonResult;
using WilcoxonGolden = tests::GoldenTest;
using Differences = std::vector<double>;

/// p by enumeration of all sign flips of differences without zeros.
double enumerated_p(const Differences& d) {
  std::vector<double> ranks;
  double observed = 0;
  for (const double x : d) {
    const auto less = std::ranges::count_if(d, [x](double y) { return std::abs(y) < std::abs(x); });
    const auto same =
        std::ranges::count_if(d, [x](double y) { return std::abs(y) == std::abs(x); });
    ranks.push_back(static_cast<double>(less) + 0.5 * static_cast<double>(same + 1));
    observed += x > 0 ? ranks.back() : 0;
  }
  const std::size_t flips = std::size_t{1} << d.size();
  std::size_t reached = 0;
  for (std::size_t signs = 0; signs < flips; ++signs) {
    double sum = 0;
    for (std::size_t i = 0; i < d.size(); ++i) {
      sum += ((signs >> i) & 1U) == 1 ? ranks[i] : 0;
    }
    reached += sum >= observed ? 1 : 0;
  }
  return static_cast<double>(reached) / static_cast<double>(flips);
}

Differences random_differences(std::size_t n, double shift, double grain) {
  Differences d(n);
  Random(9, Purpose::test, n).fill_normal(d);
  for (double& x : d) {
    x = std::floor((x + shift) / grain) * grain +
        grain / 2;  // never zero, tied when grain is large
  }
  return d;
}

TEST_F(WilcoxonGolden, AllCases) {
  for (const std::string name : {"all_positive_n5", "all_positive_tied_n5", "no_ties_n10",
                                 "no_ties_n20", "ties_n9", "zeros_ties_n10"}) {
    const std::string group = "wilcoxon." + name;
    const auto expected = golden().vector(group + ".wilcox");
    const WilcoxonResult result = wilcoxon_greater(golden().vector(group + ".d"));
    EXPECT_EQ(result.statistic, expected[0]) << group;
    EXPECT_NEAR(result.p, expected[1], 1e-12 * expected[1]) << group;
  }
}

TEST(Wilcoxon, FivePositiveCannotGoBelowOneInThirtyTwo) {
  const WilcoxonResult result = wilcoxon_greater(Differences{1, 2, 3, 4, 5});
  EXPECT_EQ(result.statistic, 15);
  EXPECT_EQ(result.p, 1.0 / 32);
  EXPECT_EQ(result.n, 5U);
  EXPECT_EQ(result.p, stats::smallest_p(5));
  EXPECT_EQ(wilcoxon_greater(Differences{-1, -2, -3, -4, -5}).p, 1);
}

TEST(Wilcoxon, AllZeroIsNoEvidence) {
  const WilcoxonResult result = wilcoxon_greater(Differences{0, 0, 0});
  EXPECT_EQ(result.statistic, 0);
  EXPECT_EQ(result.p, 1);
  EXPECT_EQ(result.n, 3U);
  EXPECT_EQ(result.n_nonzero, 0U);
  EXPECT_EQ(wilcoxon_greater(Differences{}).p, 1);
}

TEST(Wilcoxon, ZerosAreDroppedBeforeRanking) {
  // |d| = 0, 1, 2: ranks 1, 2 without the zero (1, 2, 3 with it).
  const Differences d{0, 1, -2};
  EXPECT_EQ(wilcoxon_greater(d).statistic, 1);
  EXPECT_EQ(wilcoxon_greater(d).p, 0.75);
  EXPECT_EQ(wilcoxon_greater(d).n_nonzero, 2U);
}

TEST(Wilcoxon, EffectIsTheShareOfRanksForMinusAgainst) {
  EXPECT_EQ(wilcoxon_greater(Differences{1, 2, 3}).effect, 1);
  EXPECT_EQ(wilcoxon_greater(Differences{-1, -2, -3}).effect, -1);
  // Ranks 1, 2.5, 2.5, 4 of which 1 and 2.5 are against: (6.5 - 3.5) / 10.
  EXPECT_NEAR(wilcoxon_greater(Differences{-1, 2, -2, 3, 0}).effect, 0.3, 1e-15);
  EXPECT_EQ(wilcoxon_greater(Differences{0, 0}).effect, 0);
}

TEST(Wilcoxon, EqualsEnumerationWithAndWithoutTies) {
  for (const std::size_t n : {1U, 2U, 7U, 12U, 16U}) {
    for (const double grain : {1e-9, 0.5, 2.0}) {
      const Differences d = random_differences(n, 0.3, grain);
      EXPECT_EQ(wilcoxon_greater(d).p, enumerated_p(d)) << n << " " << grain;
    }
  }
}

TEST(Wilcoxon, BothSidesAddUpAtTwentyFive) {
  // P(W+ >= w) + P(W- >= w') = 1 + P(W+ = w); without ties ranks are 1..25.
  const Differences d = random_differences(25, 0.2, 1e-9);
  Differences turned = d;
  std::ranges::transform(turned, turned.begin(), std::negate());
  const double both = wilcoxon_greater(d).p + wilcoxon_greater(turned).p;
  EXPECT_GT(both, 1);
  EXPECT_LT(both, 1.02);
  EXPECT_EQ(wilcoxon_greater(d).statistic + wilcoxon_greater(turned).statistic, 325);
}

TEST(Wilcoxon, NormalApproximationJoinsTheExactTest) {
  // The same data with and without one more tiny difference: 200 is exact, 201 is not.
  for (const double shift : {0.0, 0.1, 0.25}) {
    Differences d = random_differences(200, shift, 1e-9);
    const double exact = wilcoxon_greater(d).p;
    d.push_back(1e-12);
    EXPECT_NEAR(wilcoxon_greater(d).p, exact, 0.01 + 0.05 * exact) << shift;
  }
}

TEST(Wilcoxon, RefusesNan) {
  EXPECT_THROW(static_cast<void>(wilcoxon_greater(Differences{1, std::nan("")})), Error);
}

}  // namespace
}  // namespace cance
