// Two sets of runs side by side, against closed forms, and the export of tables.
#include "archive/compare.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "archive/export.hpp"
#include "base/error.hpp"

namespace cance {
namespace {

archive::Member member(int seed, double value, const std::string& config = "[nce]\nsteps = 1\n") {
  archive::Member result;
  result.info.cell = fmt::format("d/p/c/seed{}", seed);
  std::tie(result.info.dataset, result.info.protocol, result.info.case_name) =
      std::tuple(std::string("d"), std::string("p"), std::string("c"));
  result.info.seed = seed;
  result.info.config = config;
  result.metrics = {{"cance", "auroc", value}};
  return result;
}

// The margin is scipy.stats.ttest_ind(b, a, equal_var=False).confidence_interval(): (-0.0047826,
// 0.0447826) for these values.
TEST(Compare, TellsSeedNoiseFromDifferences) {
  const std::vector<archive::Member> a = {member(0, .90), member(1, .92), member(2, .91)};
  const std::vector<archive::Member> noisy = {member(0, .92), member(1, .94), member(2, .93)};
  auto result = archive::compare(a, noisy);
  ASSERT_EQ(result.rows.size(), 1U);
  EXPECT_NEAR(result.rows[0].difference, .02, 1e-15);
  EXPECT_NEAR(result.rows[0].margin, 2.7764451051977987 * std::sqrt(2 * .0001 / 3), 1e-12);
  EXPECT_EQ(result.rows[0].verdict, archive::Verdict::noise);
  const std::vector<archive::Member> lower = {member(0, .80), member(1, .82), member(2, .81)};
  EXPECT_EQ(archive::compare(a, lower).rows[0].verdict, archive::Verdict::beyond);
  EXPECT_EQ(archive::compare(a, a).rows[0].verdict, archive::Verdict::same);
  EXPECT_EQ(archive::compare({a[0]}, {noisy[0]}).rows[0].verdict, archive::Verdict::unknown);
  result = archive::compare(a, {noisy[1], member(7, .5)});
  EXPECT_EQ(result.cells, 1U);
  EXPECT_EQ(result.only_a, (std::vector<std::string>{"d/p/c/seed0", "d/p/c/seed2"}));
  EXPECT_EQ(result.only_b, std::vector<std::string>{"d/p/c/seed7"});
  EXPECT_THROW((void)archive::compare({a[0]}, {noisy[1]}), Error);
  EXPECT_THROW((void)archive::compare({a[0], a[0]}, {a[0]}), Error);
}

TEST(Compare, ADropIsARegressionOnlyBeyondSeedNoise) {
  const auto text = [](archive::Verdict verdict, double difference) {
    archive::CompareRow row;
    row.verdict = verdict;
    row.difference = difference;
    return archive::verdict_text(row, .01);
  };
  EXPECT_EQ(text(archive::Verdict::same, 0), "same");
  EXPECT_EQ(text(archive::Verdict::beyond, -.02), "beyond seed noise, REGRESSION");
  EXPECT_EQ(text(archive::Verdict::beyond, -.005), "beyond seed noise");
  EXPECT_EQ(text(archive::Verdict::beyond, .02), "beyond seed noise");
  EXPECT_EQ(text(archive::Verdict::noise, -.02), "within seed noise, drop beyond the tolerance");
  EXPECT_EQ(text(archive::Verdict::noise, -.005), "within seed noise");
  EXPECT_EQ(text(archive::Verdict::unknown, -.02), "one seed, drop beyond the tolerance");
}

TEST(Compare, NamesCellsOfOtherData) {
  archive::Member data = member(1, .9);
  data.info.dataset_sha256 = "other";
  archive::Member split = member(2, .9);
  split.info.split_sha256 = "other";
  const auto result =
      archive::compare({member(0, .9), member(1, .9), member(2, .9)}, {member(0, .9), data, split});
  EXPECT_EQ(result.other_data, (std::vector<std::string>{"d/p/c/seed1", "d/p/c/seed2"}));
}

TEST(Compare, NamesSettingsThatDiffer) {
  const auto result =
      archive::compare({member(0, .9)}, {member(0, .9, "[nce]\nsteps = 2\n[x]\ny=z\n")});
  ASSERT_EQ(result.settings.size(), 2U);
  EXPECT_EQ(result.settings[0].key, "nce.steps");
  EXPECT_EQ(result.settings[0].a + " " + result.settings[0].b, "1 2");
  EXPECT_EQ(result.settings[1].key, "x.y");
  EXPECT_EQ(result.settings[1].a, "");
}

TEST(Export, CountsNoMethodOfACellTwice) {
  archive::Member other = member(0, .8);
  const std::vector<archive::Member> twice{member(0, .9), other};
  EXPECT_THROW(archive::require_methods_once(twice), Error);
  other.metrics.front().method = "knn";
  const std::vector<archive::Member> shared{member(0, .9), other};
  EXPECT_NO_THROW(archive::require_methods_once(shared));
  EXPECT_THROW(archive::require_cells_once(shared), Error);
}

TEST(Export, CsvGivesTheSameBitsBack) {
  const double value = 0.1 + 0.2;
  const std::string text = archive::to_csv({{{"name", std::vector<std::string>{"a,b", "say \"x\""}},
                                             {"n", std::vector<std::int64_t>{1, -2}},
                                             {"value", std::vector<double>{value, std::nan("")}}}});
  EXPECT_EQ(text, "name,n,value\n\"a,b\",1,0.30000000000000004\n\"say \"\"x\"\"\",-2,\n");
}

}  // namespace
}  // namespace cance
