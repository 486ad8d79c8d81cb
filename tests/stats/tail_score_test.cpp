#include "stats/tail_score.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.hpp"

namespace cance::stats {
namespace {

TEST(TailScoreTest, IsTheLogarithmOfTheEmpiricalTailAtTheScores) {
  const TailScore tail(std::vector<double>{4, 1, 3, 2});
  for (int i = 1; i <= 4; ++i) {
    EXPECT_DOUBLE_EQ(tail(i), -std::log((5.0 - i) / 5)) << i;
  }
  EXPECT_DOUBLE_EQ(tail(2.25), 0.75 * std::log(5.0 / 3) + 0.25 * std::log(5.0 / 2));
}

// Of 20 scores the highest two count: (19 - 18 + 23 - 18) / 2 = 3.
TEST(TailScoreTest, GrowsBeyondTheLargestByTheMeanExcessOfTheHighestTenth) {
  std::vector<double> normals(20);
  for (int i = 0; i < 20; ++i) {
    normals[static_cast<std::size_t>(i)] = i == 19 ? 23 : i + 1;
  }
  const TailScore tail(normals);
  EXPECT_DOUBLE_EQ(tail(23), std::log(21.0));
  EXPECT_DOUBLE_EQ(tail(29), std::log(21.0) + 2);
  EXPECT_DOUBLE_EQ(tail(-2), std::log(21.0 / 20) * std::exp(-1));
}

// An exponential's -log of the tail is the score itself.
TEST(TailScoreTest, FindsTheTailOfAnExponential) {
  constexpr int kRows = 2000;
  std::vector<double> normals;
  for (int i = 0; i < kRows; ++i) {
    normals.push_back(-std::log((i + 0.5) / kRows));
  }
  const TailScore tail(normals);
  for (const double score : {0.5, 2.0, 5.0, 12.0, 40.0}) {
    EXPECT_NEAR(tail(score), score, 0.1 * score) << score;
  }
}

TEST(TailScoreTest, KeepsTheOrderWhereScoresTieAndBeyondAllNumbers) {
  const TailScore ties(std::vector<double>{1, 1, 1, 2, 2});
  EXPECT_DOUBLE_EQ(ties(1), std::log(6.0 / 5));
  EXPECT_DOUBLE_EQ(ties(2), std::log(6.0 / 2));
  EXPECT_LT(ties(2), ties(2.001));
  const TailScore equal(std::vector<double>{7, 7});
  EXPECT_LT(equal(6), equal(7));
  EXPECT_LT(equal(7), equal(8));
  EXPECT_EQ(equal(std::numeric_limits<double>::max()), TailScore::kGreatest);
  EXPECT_EQ(equal(-std::numeric_limits<double>::max()), 0);
  EXPECT_TRUE(std::isnan(equal(std::nan(""))));
  EXPECT_THROW(TailScore(std::vector<double>{1}), Error);
}

}  // namespace
}  // namespace cance::stats
