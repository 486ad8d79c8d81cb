// Precision, recall and F1: golden values, ties by hand.
#include "base/random.hpp"
#include "stats/judge.hpp"
#include "tests/support/golden.hpp"

namespace cance {
namespace {

using stats::precision_recall_f1;
using F1Golden = tests::GoldenTest;
using Truth = std::vector<std::uint8_t>;
using Said = std::vector<double>;

TEST_F(F1Golden, Values) {
  for (const std::string group : {"f1.big", "f1.small"}) {
    const auto scores = golden().vector(group + ".score");
    const auto labels = golden().labels(group + ".y_i64");
    const auto result = precision_recall_f1(scores, labels);
    EXPECT_NEAR(result.f1, golden().scalar(group + ".expected"), 1e-12);
    EXPECT_EQ(result.threshold, golden().scalar(group + ".kth_score"));
  }
}

TEST(F1, TiesAtTheCutByHand) {
  // k = 2: 9 is in, one of the three 5s (one of them anomalous) is drawn.
  const Said scores{9, 5, 5, 5, 1};
  const Truth labels{1, 0, 1, 0, 0};
  const auto result = precision_recall_f1(scores, labels);
  EXPECT_NEAR(result.f1, (1 + 1.0 / 3) / 2, 1e-15);
  EXPECT_EQ(result.precision, result.recall);
  EXPECT_EQ(result.threshold, 5);
}

TEST(F1, WithoutTiesTheTopRowsAreCounted) {
  const Random random(8, Purpose::test);
  Said scores;
  Truth labels;
  for (std::size_t i = 0; i < 400; ++i) {
    labels.push_back(i % 8 == 0 ? 1 : 0);
    scores.push_back(random.normal(i) + 2 * labels.back());
  }
  const auto result = precision_recall_f1(scores, labels);
  double correct = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    correct += scores[i] >= result.threshold ? labels[i] : 0;
  }
  EXPECT_NEAR(result.f1, correct / 50, 1e-15);
  EXPECT_NEAR(result.precision, result.recall, 1e-15);
}

TEST(F1, RefusesWithoutAnomaliesOrWithNan) {
  EXPECT_THROW(static_cast<void>(precision_recall_f1(Said{1, 2}, Truth{0, 0})), Error);
  EXPECT_THROW(static_cast<void>(precision_recall_f1(Said{1, std::nan("")}, Truth{0, 1})), Error);
}

}  // namespace
}  // namespace cance
