// Sweeps in reports: which groups make one, the table with its tests against the default, figures.
#include "report/tables/variants.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "report/plot/forms.hpp"

namespace cance::report {
namespace {

using Names = std::vector<std::string>;

/// Six cells of one method; their values are `first`, and .01 more from one to the next.
CellGroup group_of(const std::string& variant, double first) {
  CellGroup group;
  group.dataset = "mnist";
  group.protocol = "unimodal";
  group.variant = variant;
  group.default_variant = "ratio=4";
  group.methods = {"cance"};
  for (int seed = 0; seed < 6; ++seed) {
    group.seeds.push_back(seed);
    CellRecord cell;
    cell.case_name = "class0";
    cell.seed = seed;
    cell.metrics["cance"]["auroc"] = first + 0.01 * seed;
    cell.runs.push_back({});
    cell.runs.front().settings_hash = variant;
    group.cells.push_back(std::move(cell));
  }
  group.cases = {"class0"};
  return group;
}

Names texts(const std::vector<Entry>& row) {
  Names all;
  for (const Entry& entry : row) {
    all.push_back(entry.text);
  }
  return all;
}

TEST(Variants, AreInOrderOfTheirNumbersWithTheirDefault) {
  const std::vector<CellGroup> groups{group_of("ratio=16", .7), group_of("ratio=4", .6),
                                      group_of("", .5)};
  const auto sweeps = sweeps_of(groups);
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_EQ(sweeps[0].names, Names{"ratio"});
  ASSERT_EQ(sweeps[0].variants.size(), 2U);
  EXPECT_EQ(sweeps[0].variants[0]->variant, "ratio=4");
  EXPECT_EQ(sweeps[0].usual, sweeps[0].variants[0]);
  EXPECT_EQ(swept_values(groups[2], {"ratio"}), Names{""});
  EXPECT_TRUE(sweeps_of({groups[0], groups[2]}).empty());
}

// The mean of .7 to .75 is .725; six differences of one sign have p = 2 / 64 on two sides; Holm's
// correction doubles the smaller of two, and 1/32 stands twice.
TEST(Variants, AreTestedAgainstTheDefaultByPairs) {
  const std::vector<CellGroup> groups{group_of("ratio=1", .5), group_of("ratio=4", .6),
                                      group_of("ratio=16", .7)};
  const TextTable table = variants_table(sweeps_of(groups).front());
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.header.front(), "ratio");
  EXPECT_EQ(texts(table.rows[0]), (Names{"1", "CANCE", ".5250", ".0187", "6", "-.1000", ".0625"}));
  EXPECT_EQ(texts(table.rows[1]), (Names{"4", "CANCE", ".6250", ".0187", "6", "default", ""}));
  EXPECT_EQ(texts(table.rows[2]), (Names{"16", "CANCE", ".7250", ".0187", "6", ".1000", ".0625"}));
}

TEST(Variants, OneSettingIsALinePlotAndTwoAreAHeatMap) {
  std::vector<CellGroup> groups{group_of("ratio=1", .5), group_of("ratio=4", .6)};
  const auto line = variants_figure(sweeps_of(groups).front());
  ASSERT_TRUE(line.has_value());
  EXPECT_NE(line->caption.find("by ratio"), std::string::npos);
  groups = {group_of("ratio=1,latent=8", .5), group_of("ratio=4,latent=12", .6)};
  const auto map = variants_figure(sweeps_of(groups).front());
  ASSERT_TRUE(map.has_value());
  EXPECT_NE(map->caption.find("rows ratio, columns latent"), std::string::npos);
  EXPECT_NE(to_svg(map->picture).find(">.6250<"), std::string::npos);
  groups = {group_of("noise=fixed", .5), group_of("noise=naive", .6)};
  EXPECT_FALSE(variants_figure(sweeps_of(groups).front()).has_value());
}

TEST(Variants, TheNoteNamesWhatDiffersBesideTheSweep) {
  const std::vector<CellGroup> groups{group_of("ratio=1", .5), group_of("ratio=4", .6)};
  Gathered gathered;
  gathered.settings = {{"ratio=1", "[a]\nratio = 1\nx = 1\n"},
                       {"ratio=4", "[a]\nratio = 4\nx = 1\n"}};
  const Sweep sweep = sweeps_of(groups).front();
  EXPECT_NE(equal_settings_note(sweep, gathered).find("differ: a.ratio. All others are equal."),
            std::string::npos);
  gathered.settings["ratio=1"] = "[a]\nratio = 1\nx = 2\n";
  EXPECT_NE(equal_settings_note(sweep, gathered).find("These differ too: a.x;"), std::string::npos);
}

}  // namespace
}  // namespace cance::report
