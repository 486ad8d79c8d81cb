// Paired tests between methods on made-up groups whose p values are known by counting sign
// patterns.
#include "report/significance.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "report/aggregate.hpp"

namespace cance::report {
namespace {

/// Cells of `cases` x `seeds`; AUROC of cnce is .9 + difference(case, seed), of the others .9.
template <class Difference>
Group group_of(int cases, int seeds, const Difference& difference) {
  Group group;
  group.methods = {"error", "latnce", "cnce", "cance"};
  for (int seed = 0; seed < seeds; ++seed) {
    group.seeds.push_back(seed);
  }
  for (int k = 0; k < cases; ++k) {
    group.cases.push_back("class" + std::to_string(k));
    for (int seed = 0; seed < seeds; ++seed) {
      Cell cell;
      cell.info.case_name = group.cases.back();
      cell.info.seed = seed;
      for (const std::string& method : group.methods) {
        cell.metrics[method][kAuroc] = 0.9 + (method == "cnce" ? difference(k, seed) : 0.0);
      }
      group.cells.push_back(cell);
    }
  }
  return group;
}

const std::vector<Entry>& row_named(const Table& table, const std::string& name) {
  return *std::ranges::find(table.rows, name, [](const auto& row) { return row.front().text; });
}

TEST(Significance, AllPositiveGivesTwoToTheMinusN) {
  const Group group = group_of(5, 1, [](int k, int) { return 0.001 * (k + 1); });
  const Comparison found = compare(group, "cnce", "error", Pairing::cases);
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
  const Group group = group_of(5, 1, [](int k, int) { return k == 0 ? -0.001 : 0.002 * (k + 1); });
  EXPECT_NEAR(compare(group, "cnce", "error", Pairing::cells).p, 2.0 / 32, 1e-12);
}

TEST(Significance, CasesPairMeansOverSeeds) {
  const Group group = group_of(
      4, 3, [](int k, int seed) { return 0.001 * (k + 1) + (seed == 0 ? -0.0004 * k : 0.0); });
  EXPECT_EQ(compare(group, "cnce", "error", Pairing::cells).n, 12U);
  const Comparison cases = compare(group, "cnce", "error", Pairing::cases);
  EXPECT_EQ(cases.n, 4U);
  EXPECT_NEAR(cases.p, 1.0 / 16, 1e-12);
  EXPECT_TRUE(cases.too_few());
  EXPECT_NE(pair_note(group).find("fewer than 5 pairs"), std::string::npos);
  EXPECT_EQ(row_named(pair_table(group), "CNCE > Error").back().text, ".0625 †");
}

TEST(Significance, MissingMethodsArePairedOverWhatIsThere) {
  Group group = group_of(6, 1, [](int k, int) { return 0.001 * (k + 1); });
  group.cells[2].metrics.erase("cnce");
  EXPECT_EQ(compare(group, "cnce", "error", Pairing::cells).n, 5U);
  EXPECT_EQ(compare(group, "cnce", "gaussian", Pairing::cells).n, 0U);
}

TEST(Significance, EqualMethodsAreTies) {
  const Group group = group_of(6, 1, [](int, int) { return 0.0; });
  const Comparison found = compare(group, "cance", "error", Pairing::cells);
  EXPECT_EQ(found.ties, 6U);
  EXPECT_EQ(found.p, 1.0);
}

TEST(Significance, OrderingsHoldFailOrAreEven) {
  const Group better = group_of(8, 2, [](int k, int) { return 0.001 * (k + 1); });
  EXPECT_EQ(row_named(orderings_table(better), "CNCE > Error").back().text, "holds");
  EXPECT_EQ(row_named(orderings_table(better), "CANCE ≥ CNCE in mean").back().text,
            "does not hold");
  const Group worse = group_of(8, 2, [](int k, int) { return -0.001 * (k + 1); });
  EXPECT_EQ(row_named(orderings_table(worse), "CNCE > LatNCE").back().text, "does not hold");
  EXPECT_EQ(row_named(orderings_table(worse), "CANCE ≥ CNCE in mean").back().text, "holds");
  const Group mixed =
      group_of(8, 2, [](int k, int) { return (k % 2 == 0 ? 1 : -1) * 0.001 * (k + 1); });
  EXPECT_EQ(row_named(orderings_table(mixed), "CNCE > Error").back().text, "even");
  const Group few = group_of(2, 2, [](int k, int) { return 0.001 * (k + 1); });
  EXPECT_EQ(row_named(orderings_table(few), "CNCE > Error").back().text, "open: too few pairs");
}

TEST(Significance, MatrixHoldsBothDirections) {
  const Group group = group_of(5, 1, [](int k, int) { return 0.001 * (k + 1); });
  const Table matrix = p_matrix(group, Pairing::cases);
  ASSERT_EQ(matrix.rows.size(), 4U);
  EXPECT_EQ(matrix.rows[2][1].text, ".0312");
  EXPECT_EQ(matrix.rows[0][3].text, "1.0000");
  EXPECT_EQ(matrix.rows[1][2].text, "");
}

TEST(Aggregate, MeansAndDeviations) {
  const Group group = group_of(2, 2, [](int k, int seed) { return 0.01 * k + 0.02 * seed; });
  EXPECT_EQ(over_seeds(group, "class0", "cnce").text(), ".9100 ± .0141");
  const MeanSd average = over_cases(group, "cnce");
  EXPECT_NEAR(average.mean, 0.915, 1e-12);
  EXPECT_NEAR(average.sd.value(), 0.0141421356, 1e-9);
  EXPECT_EQ(over_seeds(group_of(1, 1, [](int, int) { return 0.0; }), "class0", "cnce").text(),
            ".9000");
}

TEST(Aggregate, IncompleteSeedsDoNotEnterTheDeviationOfTheAverage) {
  Group group = group_of(2, 3, [](int k, int seed) { return 0.01 * k + 0.02 * seed; });
  group.cells.pop_back();
  const MeanSd average = over_cases(group, "cnce");
  EXPECT_EQ(average.n, 2U);
  EXPECT_NEAR(average.sd.value(), 0.0141421356, 1e-9);
}

}  // namespace
}  // namespace cance::report
