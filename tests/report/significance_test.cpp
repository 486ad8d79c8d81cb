// Paired tests between methods on made-up groups whose p values are known by counting sign
// patterns.
#include "report/tables/significance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "report/figures/ranking.hpp"
#include "report/plot/forms.hpp"
#include "report/runs/aggregate.hpp"
#include "tests/support/made_up_group.hpp"

namespace cance::report {
namespace {

using tests::made_up_group;

const std::vector<Entry>& row_named(const TextTable& table, const std::string& name) {
  return *std::ranges::find(table.rows, name, [](const auto& row) { return row.front().text; });
}

TEST(Significance, AllPositiveGivesTwoToTheMinusN) {
  const CellGroup group = made_up_group(5, 1, [](int k, int) { return 0.001 * (k + 1); });
  const Comparison found = compare(case_blocks(group), "cnce", "error");
  EXPECT_EQ(found.n, 5U);
  EXPECT_EQ(found.wins, 5U);
  EXPECT_NEAR(found.p, 1.0 / 32, 1e-12);
  EXPECT_NEAR(found.reverse, 1.0, 1e-12);
  EXPECT_NEAR(found.mean_difference, 0.003, 1e-12);
  EXPECT_FALSE(found.too_few());
}

TEST(Significance, OneSmallLossOfFive) {
  // W+ = 14 of 15: the sign patterns at least as large are all positive and the smallest one
  // negative.
  const CellGroup group =
      made_up_group(5, 1, [](int k, int) { return k == 0 ? -0.001 : 0.002 * (k + 1); });
  EXPECT_NEAR(compare(cell_blocks(group), "cnce", "error").p, 2.0 / 32, 1e-12);
}

TEST(Significance, CasesPairMeansOverSeeds) {
  const CellGroup group = made_up_group(
      4, 3, [](int k, int seed) { return 0.001 * (k + 1) + (seed == 0 ? -0.0004 * k : 0.0); });
  EXPECT_EQ(compare(cell_blocks(group), "cnce", "error").n, 12U);
  const Comparison cases = compare(case_blocks(group), "cnce", "error");
  EXPECT_EQ(cases.n, 4U);
  EXPECT_NEAR(cases.p, 1.0 / 16, 1e-12);
  EXPECT_TRUE(cases.too_few());
  EXPECT_NE(pair_note(group).find("fewer than 5 pairs"), std::string::npos);
  EXPECT_EQ(row_named(claims_table(case_blocks(group), "AUROC"), "CNCE > Error")[4].text,
            ".0625 †");
}

TEST(Significance, MissingMethodsArePairedOverWhatIsThere) {
  CellGroup group = made_up_group(6, 1, [](int k, int) { return 0.001 * (k + 1); });
  group.cells[2].metrics.erase("cnce");
  EXPECT_EQ(compare(cell_blocks(group), "cnce", "error").n, 5U);
  EXPECT_EQ(compare(cell_blocks(group), "cnce", "gaussian").n, 0U);
}

TEST(Significance, EqualMethodsAreTies) {
  const CellGroup group = made_up_group(6, 1, [](int, int) { return 0.0; });
  const Comparison found = compare(cell_blocks(group), "cance", "error");
  EXPECT_EQ(found.ties, 6U);
  EXPECT_EQ(found.p, 1.0);
  EXPECT_TRUE(found.too_few());
}

TEST(Significance, OrderingsHoldFailOrAreEven) {
  const CellGroup better = made_up_group(8, 2, [](int k, int) { return 0.001 * (k + 1); });
  EXPECT_EQ(row_named(orderings_table(better), "CNCE > Error").back().text, "holds");
  EXPECT_EQ(row_named(orderings_table(better), "CANCE ≥ CNCE").back().text, "does not hold");
  const CellGroup worse = made_up_group(8, 2, [](int k, int) { return -0.001 * (k + 1); });
  EXPECT_EQ(row_named(orderings_table(worse), "CNCE > LatNCE").back().text, "does not hold");
  EXPECT_EQ(row_named(orderings_table(worse), "CANCE ≥ CNCE").back().text, "holds");
  const CellGroup mixed =
      made_up_group(8, 2, [](int k, int) { return (k % 2 == 0 ? 1 : -1) * 0.001 * (k + 1); });
  EXPECT_EQ(row_named(orderings_table(mixed), "CNCE > Error").back().text, "even");
  const CellGroup few = made_up_group(2, 2, [](int k, int) { return 0.001 * (k + 1); });
  EXPECT_EQ(row_named(orderings_table(few), "CNCE > Error").back().text, "open: too few pairs");
}

TEST(Significance, OrderingsAreCorrectedAmongThemselves) {
  // W+ = 33 of 36, p = 5/256 for each of three: .0195 alone, .0586 corrected.
  const CellGroup group =
      made_up_group(8, 1, [](int k, int) { return (k < 2 ? -1 : 1) * 0.001 * (k + 1); });
  EXPECT_NEAR(compare(case_blocks(group), "cnce", "error").p, 5.0 / 256, 1e-12);
  const TextTable table = orderings_table(group);
  EXPECT_EQ(row_named(table, "CNCE > Error").back().text, "even");
  EXPECT_EQ(row_named(table, "CANCE ≥ CNCE").back().text, "even");
  EXPECT_NE(table.caption.find("Holm"), std::string::npos);
  // Five pairs reach 1/32, which three tests take to .094; seeds help.
  const auto all_won = [](int k, int seed) { return 0.001 * (k + 1) + 0.0001 * seed; };
  EXPECT_EQ(row_named(orderings_table(made_up_group(1, 5, all_won)), "CNCE > Error").back().text,
            "open: too few pairs");
  EXPECT_EQ(row_named(orderings_table(made_up_group(5, 2, all_won)), "CNCE > Error").back().text,
            "holds");
}

TEST(Significance, PretrainedFeaturesHaveOrderingsOfTheirOwn) {
  CellGroup group = made_up_group(8, 1, [](int k, int) { return -0.001 * (k + 1); });
  group.dataset = "cifar10-resnet18-layer3";
  const TextTable table = orderings_table(group);
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(row_named(table, "CANCE > CNCE").back().text, "holds");
  EXPECT_EQ(row_named(table, "Error > CNCE").back().text, "holds");
  EXPECT_EQ(row_named(table, "CNCE > LatNCE").back().text, "does not hold");
  EXPECT_EQ(row_named(table, "CANCE > Error").back().text, "even");
}

TEST(Significance, MatrixHoldsBothDirectionsCorrected) {
  const CellGroup group = made_up_group(8, 1, [](int k, int) { return 0.001 * (k + 1); });
  const TextTable matrix = p_matrix(case_blocks(group));
  ASSERT_EQ(matrix.rows.size(), 4U);
  EXPECT_EQ(matrix.rows[2][1].text, ".0469");  // 2^-8 times the 12 ordered pairs
  EXPECT_EQ(matrix.rows[0][3].text, "1.0000");
  EXPECT_EQ(matrix.rows[1][1].text, "1.0000 †");  // equal in every case
  EXPECT_EQ(matrix.rows[1][2].text, "");
}

TEST(Significance, MatrixThatSaysNothingHasNoRows) {
  const auto all_won = [](int k, int) { return 0.001 * (k + 1); };
  EXPECT_FALSE(p_matrix(case_blocks(made_up_group(8, 1, all_won))).rows.empty());
  EXPECT_TRUE(p_matrix(case_blocks(made_up_group(7, 1, all_won))).rows.empty());  // 12 / 128
  const CellGroup equal = made_up_group(20, 1, [](int, int) { return 0.0; });
  EXPECT_TRUE(p_matrix(case_blocks(equal)).rows.empty());
}

TEST(Significance, ClaimsAreOneFamily) {
  const CellGroup group = made_up_group(10, 1, [](int k, int) { return 0.001 * (k + 1); });
  const auto family = claims(case_blocks(group));
  ASSERT_EQ(family.size(), 5U);  // CANCE > Error, LatNCE, CNCE; CNCE > Error, LatNCE
  EXPECT_EQ(family[3].better, "cnce");
  EXPECT_NEAR(family[3].p, std::exp2(-10), 1e-15);
  EXPECT_NEAR(family[3].adjusted, 5 * std::exp2(-10), 1e-15);
  EXPECT_EQ(family[3].effect, 1);
  EXPECT_EQ(family[2].effect, -1);
  const TextTable table = claims_table(case_blocks(group), "AUROC");
  EXPECT_EQ(row_named(table, "CNCE > Error")[1].text.substr(0, 7),
            ".0055 [");  // the mean of .001 to .010 and its interval
  EXPECT_NE(pair_note(made_up_group(6, 1, [](int k, int) { return 0.001 * k; }))
                .find("5 claims needs at least 7 pairs"),
            std::string::npos);
}

TEST(Significance, TablesAreTestedOnF1) {
  CellGroup group = made_up_group(1, 5, [](int, int) { return 0.01; });
  for (CellRecord& cell : group.cells) {
    for (auto& [method, metrics] : cell.metrics) {
      metrics["f1"] = method == "error" ? 0.8 : 0.5;
    }
  }
  EXPECT_EQ(compare(cell_blocks(group), "cnce", "error").wins, 0U);
  EXPECT_EQ(compare(cell_blocks(group), "error", "cnce").p, 1.0 / 32);
}

TEST(Ranking, BestFirstWithTheCriticalDifference) {
  const CellGroup group = made_up_group(14, 2, [](int k, int) { return 0.001 * (k + 1); });
  const auto ranks = ranking(case_blocks(group)).value();
  EXPECT_EQ(ranks.methods, (std::vector<std::string>{"cnce", "error", "latnce", "cance"}));
  EXPECT_EQ(ranks.ranks, (std::vector<double>{1, 3, 3, 3}));
  EXPECT_EQ(ranks.n, 14U);
  EXPECT_NEAR(ranks.critical, 2.569 * std::sqrt(4 * 5 / (6.0 * 14)), 1e-3);  // Demsar, table 5
  EXPECT_LT(ranks.p, 1e-8);
  const Figure figure = ranking_figure(ranks, "case");
  EXPECT_NE(to_svg(figure.picture).find("CD = 1.25"), std::string::npos);
  EXPECT_NE(to_svg(figure.picture).find("CNCE  1.00"), std::string::npos);
  EXPECT_EQ(figure.caption.find("no two methods"), std::string::npos);
}

TEST(Ranking, SaysWhenBlocksAreTooFewAndNeedsThreeMethods) {
  CellGroup group = made_up_group(2, 1, [](int k, int) { return 0.001 * (k + 1); });
  const Figure figure = ranking_figure(ranking(case_blocks(group)).value(), "case");
  EXPECT_NE(figure.caption.find("no two methods could be told apart"), std::string::npos);
  group.methods = {"error", "cnce"};
  EXPECT_FALSE(ranking(case_blocks(group)).has_value());
}

TEST(Blocks, GroupsShareTheMethodsThatAllHave) {
  std::vector<CellGroup> groups{made_up_group(2, 2, [](int, int) { return 0.0; }),
                                made_up_group(3, 1, [](int, int) { return 0.0; })};
  groups[1].methods = {"knn", "cnce", "cance"};
  const Blocks blocks = case_blocks(groups);
  EXPECT_EQ(blocks.methods, (std::vector<std::string>{"cnce", "cance"}));
  EXPECT_EQ(blocks.rows.size(), 5U);
  EXPECT_EQ(blocks.complete().rows(), 5U);
}

TEST(Aggregate, MeansAndDeviations) {
  const CellGroup group =
      made_up_group(2, 2, [](int k, int seed) { return 0.01 * k + 0.02 * seed; });
  EXPECT_EQ(over_seeds(group, "class0", "cnce").text(), ".9100 ± .0141");
  const MeanSd average = over_cases(group, "cnce");
  EXPECT_NEAR(average.mean, 0.915, 1e-12);
  EXPECT_NEAR(average.sd.value(), 0.0141421356, 1e-9);
  EXPECT_EQ(over_seeds(made_up_group(1, 1, [](int, int) { return 0.0; }), "class0", "cnce").text(),
            ".9000");
}

TEST(Aggregate, IncompleteSeedsDoNotEnterTheDeviationOfTheAverage) {
  CellGroup group = made_up_group(2, 3, [](int k, int seed) { return 0.01 * k + 0.02 * seed; });
  group.cells.pop_back();
  const MeanSd average = over_cases(group, "cnce");
  EXPECT_EQ(average.n, 2U);
  EXPECT_NEAR(average.sd.value(), 0.0141421356, 1e-9);
}

}  // namespace
}  // namespace cance::report
