// Runs of a sweep in the tables of an archive: a column for each setting, no mean over variants.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

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

std::set<std::string> settings_of(const hdf5::Table& table) {
  std::set<std::string> names;
  for (const auto& [name, values] : table.columns) {
    if (name.find('.') != std::string::npos) {
      names.insert(name);
    }
  }
  return names;
}

TEST(VariantTables, SettingsAreColumns) {
  const std::vector<Member> members{member("ratio=1,noise=fixed/", 0, .5),
                                    member("ratio=4.5,noise=naive/", 0, .6), member("", 0, .7)};
  for (const hdf5::Table& table : {Tables(members).cells(), Tables(members).metrics()}) {
    const auto& ratio = table.numbers("ratio");
    EXPECT_EQ(ratio[0], 1);
    EXPECT_EQ(ratio[1], 4.5);
    EXPECT_TRUE(std::isnan(ratio[2]));
    EXPECT_EQ(table.texts("noise"), (std::vector<std::string>{"fixed", "naive", ""}));
  }
  EXPECT_EQ(members_of(Tables(members).cells(), Tables(members).metrics()).size(), 3U);
}

TEST(VariantTables, AVariantIsNoSeedOfAnother) {
  const std::vector<Member> members{member("ratio=1/", 0, .5), member("ratio=1/", 1, .7),
                                    member("ratio=4/", 0, .9)};
  const hdf5::Table table = Tables(members).aggregates();
  EXPECT_EQ(table.integers("n"), (std::vector<std::int64_t>{2, 1}));
  EXPECT_NEAR(table.numbers("mean")[0], .6, 1e-15);
  EXPECT_EQ(table.numbers("ratio"), (std::vector<double>{1, 4}));
}

TEST(VariantTables, OtherSettingsThatDifferAreColumnsToo) {
  std::vector<Member> members{member("ratio=1/", 0, .5), member("ratio=1/", 1, .7),
                              member("ratio=4/", 0, .9)};
  const auto text = [](int ratio, const char* steps, const char* noise) {
    return fmt::format("[grid]\nseeds = 0\n[nce]\nratio = {}\nsteps = {}\nnoise = {}\nbatch = 8\n",
                       ratio, steps, noise);
  };
  members[0].info.config = text(1, "auto", "fixed");
  members[0].info.chosen = {"nce.steps=20"};
  members[1].info.config = text(1, "30", "fixed");
  members[2].info.config = text(4, "20", "naive") + "[knn]\nk = 5\n";
  const hdf5::Table cells = Tables(members).cells();
  EXPECT_EQ(cells.numbers("ratio"), (std::vector<double>{1, 1, 4}));
  EXPECT_EQ(cells.numbers("nce.steps"), (std::vector<double>{20, 30, 20}));
  EXPECT_EQ(Tables(members).metrics().texts("nce.noise"),
            (std::vector<std::string>{"fixed", "fixed", "naive"}));
  const hdf5::Table means = Tables(members).aggregates();
  EXPECT_EQ(means.texts("nce.steps"), (std::vector<std::string>{"20;30", "20"}));
  EXPECT_EQ(means.columns.size(), Tables(std::vector{members[0]}).aggregates().columns.size() + 2);
  members[2].info.config = "no settings";
  EXPECT_TRUE(std::isnan(Tables(members).cells().numbers("nce.steps")[2]));
  members[2].info.config.clear();  // as the tables of an archive give it
  EXPECT_EQ(Tables(members).cells().columns.size(), cells.columns.size() - 2);
}

TEST(VariantTables, AVariantHidesNoOtherSettingThatEndsAlike) {
  std::vector<Member> members{member("steps=1/", 0, .5), member("steps=2/", 0, .7)};
  const auto text = [](int own, int other) {
    return fmt::format("[grid]\nseeds = 0\n[a]\nsteps = {}\n[b]\nsteps = {}\n", own, other);
  };
  members[0].info.config = text(1, 8);
  members[1].info.config = text(2, 9);
  EXPECT_EQ(settings_of(Tables(members).cells()), std::set<std::string>{"b.steps"});
  EXPECT_EQ(Tables(members).cells().numbers("b.steps"), (std::vector<double>{8, 9}));
}

TEST(VariantTables, ARunBesideASweepSharesItsColumn) {
  std::vector<Member> members{member("steps=1,hidden=2+2/", 0, .5),
                              member("steps=2,hidden=4/", 0, .7), member("", 0, .7)};
  const auto text = [](int own, const char* hidden, int other) {
    return fmt::format("[grid]\nseeds = 0\n[a]\nsteps = {}\nhidden = {}\n[b]\nsteps = {}\n", own,
                       hidden, other);
  };
  members[0].info.config = text(1, "2,2", 8);
  members[1].info.config = text(2, "4", 2);
  members[2].info.config = text(3, "8,8", 9);
  const hdf5::Table cells = Tables(members).cells();
  EXPECT_EQ(settings_of(cells), std::set<std::string>{"b.steps"});
  EXPECT_EQ(cells.numbers("steps"), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(cells.texts("hidden"), (std::vector<std::string>{"2+2", "4", "8+8"}));
  members[0].info.config = text(1, "2,2", 1);  // which of the two is swept cannot be told
  const hdf5::Table unclear = Tables(members).cells();
  EXPECT_EQ(settings_of(unclear), (std::set<std::string>{"a.steps", "b.steps"}));
  EXPECT_TRUE(std::isnan(unclear.numbers("steps")[2]));
}

TEST(VariantTables, AnEnsembleHasItsMembersSettings) {
  std::vector<Member> members{member("", 0, .5), member("ensemble=a.steps-max-cance/", 0, .7)};
  members[0].info.config = "[a]\nsteps = 1\n[b]\nsteps = auto\nsize = 2\n";
  members[0].info.chosen = {"b.steps=9"};
  members[1].info.config =
      "[ensemble]\nover = a.steps\n[a]\nsteps = 1\n[b]\nsteps = auto\nsize = 3\n";
  EXPECT_EQ(settings_of(Tables(members).cells()), std::set<std::string>{"b.size"});
}

TEST(VariantTables, ASettingNamedAsAColumnKeepsBoth) {
  const std::vector<Member> members{member("precision=float64/", 0, .5)};
  const hdf5::Table table = Tables(members).cells();
  EXPECT_EQ(table.texts("precision"), std::vector<std::string>{""});
  EXPECT_EQ(table.texts("precision_setting"), std::vector<std::string>{"float64"});
}

}  // namespace
}  // namespace cance::archive
