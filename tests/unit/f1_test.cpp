// Precision, recall and F1 under the three rules: golden values, ties by hand.
#include "stats/f1.hpp"

#include "base/random.hpp"
#include "tests/unit/golden.hpp"

namespace cance {
namespace {

using stats::precision_recall_f1;
using stats::ThresholdRule;
using F1Golden = tests::GoldenTest;
using Labels = std::vector<std::uint8_t>;
using Scores = std::vector<double>;

TEST_F(F1Golden, ThreeRules) {
  for (const std::string group : {"f1.big", "f1.small"}) {
    const auto scores = golden().vector(group + ".score");
    const auto labels = golden().labels(group + ".y_i64");
    const auto expected = precision_recall_f1(scores, labels);
    const auto ge_kth = precision_recall_f1(scores, labels, ThresholdRule::ge_kth);
    const auto percentile = precision_recall_f1(scores, labels, ThresholdRule::gt_percentile);
    EXPECT_NEAR(expected.f1, golden().scalar(group + ".expected"), 1e-12);
    EXPECT_NEAR(ge_kth.f1, golden().scalar(group + ".ge_kth"), 1e-12);
    EXPECT_NEAR(percentile.f1, golden().scalar(group + ".gt_percentile"), 1e-12);
    EXPECT_EQ(expected.threshold, golden().scalar(group + ".kth_score"));
    EXPECT_NEAR(percentile.threshold, golden().scalar(group + ".percentile"), 1e-12);
  }
}

TEST(F1, TiesAtTheCutByHand) {
  // k = 2: 9 is in, one of the three 5s (one of them anomalous) is drawn.
  const Scores scores{9, 5, 5, 5, 1};
  const Labels labels{1, 0, 1, 0, 0};
  const auto expected = precision_recall_f1(scores, labels);
  EXPECT_NEAR(expected.f1, (1 + 1.0 / 3) / 2, 1e-15);
  EXPECT_EQ(expected.precision, expected.recall);
  const auto ge_kth = precision_recall_f1(scores, labels, ThresholdRule::ge_kth);
  EXPECT_EQ(ge_kth.precision, 0.5);
  EXPECT_EQ(ge_kth.recall, 1);
  EXPECT_NEAR(ge_kth.f1, 2.0 / 3, 1e-15);
  const auto percentile = precision_recall_f1(scores, labels, ThresholdRule::gt_percentile);
  EXPECT_EQ(percentile.threshold, 5);
  EXPECT_EQ(percentile.precision, 1);
  EXPECT_EQ(percentile.recall, 0.5);
}

TEST(F1, WithoutTiesAllRulesAgree) {
  const Random random(8, Purpose::test);
  Scores scores;
  Labels labels;
  for (std::size_t i = 0; i < 400; ++i) {
    labels.push_back(i % 8 == 0 ? 1 : 0);
    scores.push_back(random.normal(i) + 2 * labels.back());
  }
  const auto expected = precision_recall_f1(scores, labels);
  for (const auto rule : {ThresholdRule::ge_kth, ThresholdRule::gt_percentile}) {
    const auto other = precision_recall_f1(scores, labels, rule);
    EXPECT_NEAR(other.f1, expected.f1, 1e-15);
    EXPECT_NEAR(other.precision, other.recall, 1e-15);
  }
}

TEST(F1, NothingPredictedIsZero) {
  const auto result =
      precision_recall_f1(Scores{2, 2, 2}, Labels{0, 1, 0}, ThresholdRule::gt_percentile);
  EXPECT_EQ(result.precision, 0);
  EXPECT_EQ(result.recall, 0);
  EXPECT_EQ(result.f1, 0);
}

TEST(F1, RefusesWithoutAnomaliesOrWithNan) {
  EXPECT_THROW(static_cast<void>(precision_recall_f1(Scores{1, 2}, Labels{0, 0})), Error);
  EXPECT_THROW(static_cast<void>(precision_recall_f1(Scores{1, std::nan("")}, Labels{0, 1})),
               Error);
}

}  // namespace
}  // namespace cance
