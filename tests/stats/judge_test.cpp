// Metrics by the rules of src/protocols.md, section 4, on scores small enough to judge by hand.
#include "stats/judge.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace cance::stats {
namespace {

using Labels = std::vector<std::uint8_t>;

std::map<std::string, double> judged(const std::vector<double>& scores, const Labels& labels,
                                     const Judging& judging) {
  const auto metrics = judge(scores, labels, judging);
  return {metrics.begin(), metrics.end()};
}

// ranked from the highest score: anomaly, normal, anomaly, then 7 normal rows
const std::vector<double> kScores{10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
const Labels kLabels{1, 0, 1, 0, 0, 0, 0, 0, 0, 0};

TEST(Judge, WithoutARuleThereAreTheAreasAlone) {
  const auto metrics = judged(kScores, kLabels, {});
  EXPECT_EQ(metrics.size(), 2U);
  EXPECT_DOUBLE_EQ(metrics.at("auroc"), 15.0 / 16);
  EXPECT_DOUBLE_EQ(metrics.at("auprc"), (1 + 2.0 / 3) / 2);
}

TEST(Judge, KnownFlagsAsManyRowsAsThereAreAnomalies) {
  const auto metrics = judged(kScores, kLabels, {.rule = FlagRule::known});
  EXPECT_DOUBLE_EQ(metrics.at("precision"), 0.5);
  EXPECT_DOUBLE_EQ(metrics.at("recall"), 0.5);
  EXPECT_DOUBLE_EQ(metrics.at("f1"), 0.5);
}

TEST(Judge, ShareFlagsAShareOfAllRows) {
  const auto metrics = judged(kScores, kLabels, {.rule = FlagRule::share, .share = 0.4});
  EXPECT_DOUBLE_EQ(metrics.at("precision"), 2.0 / 4);
  EXPECT_DOUBLE_EQ(metrics.at("recall"), 1);
  EXPECT_DOUBLE_EQ(metrics.at("f1"), 2 * 2.0 / (4 + 2));
}

TEST(Judge, NormalsFindsTheNormalRows) {
  // 8 rows are called normal: 7 of the 8 normal ones and one anomaly
  const auto metrics = judged(kScores, kLabels, {.rule = FlagRule::normals});
  EXPECT_DOUBLE_EQ(metrics.at("precision"), 7.0 / 8);
  EXPECT_DOUBLE_EQ(metrics.at("recall"), 7.0 / 8);
}

TEST(Judge, RandomScoresUnderTheRuleOfDrocc) {
  // as many normal as anomalous rows, all tied: 80 % called normal gives P .5, R .8 and F1 .615
  const std::vector<double> tied(1000, 3.0);
  Labels labels(1000);
  std::fill(labels.begin(), labels.begin() + 500, std::uint8_t{1});
  const auto metrics = judged(tied, labels, {.rule = FlagRule::normals});
  EXPECT_NEAR(metrics.at("precision"), 0.5, 1e-12);
  EXPECT_NEAR(metrics.at("recall"), 0.8, 1e-12);
  EXPECT_NEAR(metrics.at("f1"), 0.8 / 1.3, 1e-12);
}

TEST(Judge, KindsAreJudgedApartAndAveraged) {
  const std::vector<std::int32_t> kinds{1, 0, 3, 0, 0, 0, 0, 0, 0, 0};
  const std::vector<std::string> names{"normal", "noise", "unseen", "blur"};
  const auto metrics = judged(kScores, kLabels, {.kinds = kinds, .kind_names = names});
  EXPECT_DOUBLE_EQ(metrics.at("auroc:noise"), 1);
  EXPECT_DOUBLE_EQ(metrics.at("auroc:blur"), 7.0 / 8);
  EXPECT_DOUBLE_EQ(metrics.at("auroc_kinds"), 15.0 / 16);
  EXPECT_EQ(metrics.count("auroc:unseen"), 0U);
}

TEST(Judge, RulesByProtocol) {
  EXPECT_EQ(flag_rule("goad"), FlagRule::known);
  EXPECT_EQ(flag_rule("dagmm"), FlagRule::share);
  EXPECT_EQ(flag_rule("drocc"), FlagRule::normals);
  EXPECT_EQ(flag_rule("unimodal"), FlagRule::none);
}

TEST(Judge, NothingToJudgeIsAnError) {
  EXPECT_THROW(static_cast<void>(judge(kScores, Labels(10, 0), {.rule = FlagRule::known})), Error);
}

}  // namespace
}  // namespace cance::stats
