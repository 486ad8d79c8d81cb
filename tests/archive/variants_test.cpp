// Runs of a sweep in the tables of an archive: a column for each setting, no mean over variants.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "archive/tables.hpp"

namespace cance::archive {
namespace {

Member member(const std::string& variant, int seed, double value) {
  Member result;
  result.info.cell = fmt::format("{}d/p/c/seed{}", variant, seed);
  result.info.dataset = "d";
  result.info.protocol = "p";
  result.info.case_name = "c";
  result.info.seed = seed;
  result.metrics = {{"cance", "auroc", value}};
  return result;
}

TEST(VariantTables, SettingsAreColumns) {
  const std::vector<Member> members{member("ratio=1,noise=fixed/", 0, .5),
                                    member("ratio=4.5,noise=naive/", 0, .6), member("", 0, .7)};
  for (const hdf5::Table& table : {cell_table(members), metric_table(members)}) {
    const auto& ratio = table.numbers("ratio");
    EXPECT_EQ(ratio[0], 1);
    EXPECT_EQ(ratio[1], 4.5);
    EXPECT_TRUE(std::isnan(ratio[2]));
    EXPECT_EQ(table.texts("noise"), (std::vector<std::string>{"fixed", "naive", ""}));
  }
  EXPECT_EQ(members_of(cell_table(members), metric_table(members)).size(), 3U);
}

TEST(VariantTables, AVariantIsNoSeedOfAnother) {
  const std::vector<Member> members{member("ratio=1/", 0, .5), member("ratio=1/", 1, .7),
                                    member("ratio=4/", 0, .9)};
  const hdf5::Table table = aggregate_table(members);
  EXPECT_EQ(table.integers("n"), (std::vector<std::int64_t>{2, 1}));
  EXPECT_NEAR(table.numbers("mean")[0], .6, 1e-15);
  EXPECT_EQ(table.numbers("ratio"), (std::vector<double>{1, 4}));
}

TEST(VariantTables, ASettingNamedAsAColumnKeepsBoth) {
  const hdf5::Table table = cell_table(std::vector<Member>{member("precision=float64/", 0, .5)});
  EXPECT_EQ(table.texts("precision"), std::vector<std::string>{""});
  EXPECT_EQ(table.texts("precision_setting"), std::vector<std::string>{"float64"});
}

}  // namespace
}  // namespace cance::archive
