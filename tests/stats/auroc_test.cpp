// AUROC with ties against golden values and all pairs; the ROC curve and its area.
#include "stats/auroc.hpp"

#include <algorithm>
#include <limits>

#include "base/random.hpp"
#include "tests/support/golden.hpp"

namespace cance {
namespace {

using stats::auroc;
using stats::average_precision;
using stats::roc_curve;
using stats::RocPoint;
using AurocGolden = tests::GoldenTest;
using Labels = std::vector<std::uint8_t>;
using Scores = std::vector<double>;

double trapezoid_area(const std::vector<RocPoint>& curve) {
  double area = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    area += (curve[i].false_positive_rate - curve[i - 1].false_positive_rate) *
            (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
  }
  return area;
}

/// Coarse scores (many ties), anomalous ones somewhat higher.
std::pair<Scores, Labels> tied_sample(std::size_t n) {
  const Random random(5, Purpose::test);
  Scores scores;
  Labels labels;
  for (std::size_t i = 0; i < n; ++i) {
    labels.push_back(random.uniform(i) < 0.3 ? 1 : 0);
    scores.push_back(std::round(2 * random.normal(i + n) + 2 * labels.back()));
  }
  return {scores, labels};
}

TEST(AveragePrecision, ByHandWithTies) {
  // 9 first: 1/1; then three 5s with one anomaly: 2/4; then 1, the last anomaly: 3/5.
  EXPECT_DOUBLE_EQ(average_precision(Scores{9, 5, 5, 5, 1}, Labels{1, 0, 1, 0, 1}),
                   (1 + 2.0 / 4 + 3.0 / 5) / 3);
  EXPECT_DOUBLE_EQ(average_precision(Scores(10, 2.5), Labels{1, 0, 0, 0, 0, 1, 0, 0, 0, 0}), 0.2);
  EXPECT_DOUBLE_EQ(average_precision(Scores{3, 2, 1}, Labels{1, 1, 0}), 1);
}

TEST(AveragePrecision, OverAllThresholds) {
  const auto [scores, labels] = tied_sample(300);
  const double anomalous = static_cast<double>(std::ranges::count(labels, 1));
  double sum = 0;
  double recall = 0;
  for (double cut = 20; cut >= -20; cut -= 1) {
    double flagged = 0;
    double hits = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      flagged += scores[i] >= cut ? 1 : 0;
      hits += scores[i] >= cut ? labels[i] : 0;
    }
    sum += flagged > 0 ? (hits / anomalous - recall) * hits / flagged : 0;
    recall = hits / anomalous;
  }
  EXPECT_NEAR(average_precision(scores, labels), sum, 1e-12);
}

TEST_F(AurocGolden, ValueWithTies) {
  const auto labels = golden().labels("auroc.y_i64");
  EXPECT_NEAR(auroc(golden().vector("auroc.score"), labels), golden().scalar("auroc.value"), 1e-12);
  EXPECT_EQ(auroc(Scores(labels.size(), 3.0), labels), golden().scalar("auroc.all_tied_value"));
}

TEST(Auroc, SmallCases) {
  EXPECT_EQ(auroc(Scores{1, 2, 3, 4}, Labels{0, 0, 1, 1}), 1);
  EXPECT_EQ(auroc(Scores{4, 3, 2, 1}, Labels{0, 0, 1, 1}), 0);
  EXPECT_EQ(auroc(Scores{1, 3, 2, 4}, Labels{0, 0, 1, 1}), 0.75);
  EXPECT_EQ(auroc(Scores{1, 2, 2, 3}, Labels{0, 0, 1, 1}), 0.875);
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(auroc(Scores{-inf, 0, inf}, Labels{0, 0, 1}), 1);
}

TEST(Auroc, EqualsTheCountOfAllPairs) {
  const auto [scores, labels] = tied_sample(300);
  double won = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (labels[i] == 1 && labels[j] == 0) {
        pairs += 1;
        won += scores[i] > scores[j] ? 1 : (scores[i] == scores[j] ? 0.5 : 0);
      }
    }
  }
  EXPECT_NEAR(auroc(scores, labels), won / pairs, 1e-15);
}

TEST(Auroc, RefusesOneClassNanAndWrongLabels) {
  EXPECT_THROW(static_cast<void>(auroc(Scores{1, 2}, Labels{1, 1})), Error);
  EXPECT_THROW(static_cast<void>(auroc(Scores{1, 2}, Labels{0, 0})), Error);
  EXPECT_THROW(static_cast<void>(auroc(Scores{}, Labels{})), Error);
  EXPECT_THROW(static_cast<void>(auroc(Scores{1, std::nan("")}, Labels{0, 1})), Error);
  EXPECT_THROW(static_cast<void>(auroc(Scores{1, 2}, Labels{0, 2})), Error);
  EXPECT_THROW(static_cast<void>(auroc(Scores{1, 2}, Labels{0})), Error);
}

TEST(RocCurve, HasOnePointAThresholdAndTheAreaOfAuroc) {
  const auto [scores, labels] = tied_sample(500);
  const auto curve = roc_curve(scores, labels);
  EXPECT_EQ(curve.front().false_positive_rate, 0);
  EXPECT_EQ(curve.front().true_positive_rate, 0);
  EXPECT_EQ(curve.back().false_positive_rate, 1);
  EXPECT_EQ(curve.back().true_positive_rate, 1);
  EXPECT_LT(curve.size(), 30U);
  EXPECT_NEAR(trapezoid_area(curve), auroc(scores, labels), 1e-14);
}

}  // namespace
}  // namespace cance
