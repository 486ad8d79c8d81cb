// Runs of one case joined into one: against tails and thresholds computed by hand.
#include "archive/ensemble.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "archive/run_settings.hpp"
#include "base/error.hpp"
#include "config/load.hpp"
#include "stats/summary.hpp"
#include "tests/support/run_folder.hpp"

namespace cance {
namespace {

constexpr const char* kCell = "mnist/unimodal/class3/seed0";

class EnsembleTest : public tests::RunFolderTest {
 protected:
  /// A run of four rows with these settings, its scores of test and held-out rows.
  static store::RunRecord run(int latent, std::vector<double> scores, std::vector<double> normals,
                              int seed = 0) {
    store::RunRecord run = tests::sample_run(kCell, seed);
    run.info.cell.back() = static_cast<char>('0' + seed);
    run.info.config = config::config_text(config::parse_config(
        fmt::format("[grid]\ndataset=mnist\ncases=3\nseeds={}\n[autoencoder]\nlatent={}", seed,
                    latent),
        "test"));
    run.labels = {0, 0, 1, 1};
    run.index = {5, 6, 7, 8};
    run.scores = {{"cance", std::move(scores)}};
    run.metrics = {{"cance", "auroc", tests::pair_auroc(run.scores[0].second, run.labels)}};
    run.validation_scores = {{"cance", std::move(normals)}};
    run.validation_in_row_order = true;
    run.thresholds = {{"cance", 1}};
    run.noise.clear();
    run.gallery = {};
    run.composite.clear();
    return run;
  }
  [[nodiscard]] archive::Ensembles made(const std::string& over, const std::string& rule = "max",
                                        std::vector<std::string> methods = {"cance"}) const {
    return archive::make_ensembles(archive::find_runs({runs()}), {over, rule, std::move(methods)});
  }
  [[nodiscard]] std::string refusal(const std::string& over) const {
    try {
      static_cast<void>(made(over));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
};

// Of 3 held-out rows -log p is log(4 / 3), log 2 and log 4 at them, and beyond the largest it grows
// by its distance from the second.
TEST_F(EnsembleTest, JoinsTailProbabilitiesOfRowsThatAllMembersHeldOut) {
  static_cast<void>(add(run(8, {1, 2, 3, 4}, {2, 1, 3}), "a/one"));
  static_cast<void>(add(run(32, {20, 10, 40, 30}, {10, 30, 20}), "b/one"));
  const auto max = made("latents");
  ASSERT_EQ(max.runs.size(), 1U);
  const store::RunRecord& joined = max.runs[0];
  EXPECT_EQ(joined.info.cell, kCell);
  const double low = std::log(4.0 / 3), middle = std::log(2.0), high = std::log(4.0);
  const std::vector<double> expected = {middle, middle, high + 1, high + 1};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_DOUBLE_EQ(joined.scores[0].second[i], expected[i]) << i;
  }
  EXPECT_EQ(joined.metrics[0].value, 1);
  // rows held out: (2, 10), (1, 30), (3, 20)
  EXPECT_EQ(joined.validation_scores.at("ensemble"), (std::vector<double>{middle, high, high}));
  EXPECT_EQ(joined.thresholds.at("ensemble"), high);
  const auto mean = made("autoencoder.latent", "mean").runs[0];
  EXPECT_DOUBLE_EQ(mean.scores[0].second[0], (low + middle) / 2);
  EXPECT_DOUBLE_EQ(mean.scores[0].second[3], (high + 1 + high) / 2);
  const config::Config settings = config::parse_config(mean.info.config, "ensemble");
  EXPECT_EQ(settings.ensemble.rule, "mean");
  EXPECT_EQ(settings.ensemble.over, "autoencoder.latent");
  EXPECT_EQ(settings.ensemble.members, "8,32 by cance");
  EXPECT_EQ(settings.ensemble.methods, "cance");
}

TEST_F(EnsembleTest, KeepsTheSettingsOfWhatItJoins) {
  std::vector<store::RunRecord> joined;
  for (const int k : {5, 20}) {
    for (const int latent : {8, 32}) {
      store::RunRecord one = run(latent, {1, 2, 3, 4}, {2, 1, 3});
      one.info.config = config::config_text(
          config::parse_config(one.info.config, "test",
                               {"grid.methods=error,knn", fmt::format("knn.neighbours={}", k)}));
      one.scores[0].first = one.metrics[0].method = "knn";
      one.validation_scores = {{"knn", {2, 1, 3}}};
      one.thresholds = {{"knn", 1}};
      static_cast<void>(add(one, fmt::format("m{}/one", latent)));
    }
    joined.push_back(made("latents", "max", {"knn"}).runs.at(0));
  }
  const auto changes = config::config_changes(joined[0].info.config, joined[1].info.config);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].key + " " + *changes[0].before + " " + *changes[0].after,
            "knn.neighbours 5 20");
  EXPECT_NE(joined[0].info.config_hash, joined[1].info.config_hash);
  const auto settings = config::setting_values(joined[1].info.config);
  EXPECT_FALSE(settings.contains("nce.noise_ratio"));  // k-NN does not read it
  EXPECT_EQ(config::renewed_text(joined[1].info.config), joined[1].info.config);
}

TEST_F(EnsembleTest, SettingsOfEarlierBuildsHaveNoneOfWhatIsJoined) {
  const auto settings = config::setting_values(
      config::renewed_text("[grid]\nmethods = ensemble\n[ensemble]\nmembers = 8,32 by knn\n"));
  EXPECT_FALSE(settings.contains("knn.neighbours"));
  EXPECT_TRUE(settings.contains("nce.noise_ratio"));
}

TEST_F(EnsembleTest, ARunIsNamedOnce) {
  static_cast<void>(add(run(8, {1, 2, 3, 4}, {2, 1, 3}), "a/one"));
  std::filesystem::create_directories(runs() / "b");
  std::filesystem::copy_file(runs() / "a/one.h5", runs() / "b/one.h5");
  for (const char* over : {"latents", "nce.noise_ratio"}) {
    EXPECT_EQ(refusal(over),
              fmt::format("{} and {} are one run; name it once", (runs() / "a/one.h5").string(),
                          (runs() / "b/one.h5").string()));
  }
}

TEST_F(EnsembleTest, JoinsRunsThatDifferInSeveralThings) {
  static_cast<void>(add(run(8, {1, 2, 3, 4}, {2, 1, 3}), "a/one"));
  static_cast<void>(add(run(32, {20, 10, 40, 30}, {10, 30, 20}, 1), "b/one"));
  static_cast<void>(add(run(8, {3, 2, 4, 1}, {1, 3, 2}, 1), "c/one"));
  const auto joined = made("seeds+latents").runs;
  ASSERT_EQ(joined.size(), 1U);
  const config::Config settings = config::parse_config(joined[0].info.config, "ensemble");
  EXPECT_EQ(settings.ensemble.over, "grid.seeds,autoencoder.latent");
  EXPECT_EQ(settings.ensemble.members, "0/8,1/8,1/32 by cance");
  archive::SettingsReader settings_reader;
  const auto kept = settings_reader.of(joined[0].info);
  EXPECT_FALSE(kept->contains("autoencoder.latent"));  // no value of its own
  EXPECT_TRUE(kept->contains("nce.noise_ratio"));
}

TEST_F(EnsembleTest, KeepsWhatAutoWasForAllMembers) {
  store::RunRecord small = run(8, {1, 2, 3, 4}, {2, 1, 3}),
                   large = run(32, {2, 1, 4, 3}, {1, 3, 2});
  small.info.chosen = {"autoencoder.steps=400", "nce.steps=1000"};
  large.info.chosen = {"autoencoder.steps=500", "nce.steps=1000"};
  static_cast<void>(add(small, "a/one"));
  static_cast<void>(add(large, "b/one"));
  EXPECT_EQ(made("latents").runs.at(0).info.chosen, (std::vector<std::string>{"nce.steps=1000"}));
}

TEST_F(EnsembleTest, ComesBackWholeFromItsFile) {
  store::RunRecord first = run(8, {1, 2, 3, 4}, {2, 1, 3});
  first.scores.emplace_back("theirs", std::vector<double>{4, 3, 2, 1});  // by another program
  first.metrics.push_back({"theirs", "auroc", 0});
  first.origins["theirs"] = {"s.csv", "ab", "now"};
  static_cast<void>(add(first, "a/one"));
  static_cast<void>(add(run(32, {20, 10, 40, 30}, {10, 30, 20}), "b/one"));
  const store::RunRecord joined = made("latents").runs[0];
  store::write_run_file(folder_ / "joined.h5", joined);
  const auto read = store::read_run_file(folder_ / "joined.h5", store::Detail::full);
  EXPECT_EQ(read.scores, joined.scores);
  ASSERT_EQ(read.members.size(), 2U);
  EXPECT_EQ(read.members[1].file, (runs() / "b/one.h5").string());
  EXPECT_EQ(read.members[1].run.scores, joined.members[1].run.scores);
  EXPECT_EQ(read.members[1].run.model.size(), joined.members[1].run.model.size());
  EXPECT_EQ(archive::tails_of(read).size(), 2U);
  EXPECT_NO_THROW(static_cast<void>(archive::check_metrics(read)));
}

// Of other held-out rows the bounds of Bonferroni and of Vovk & Wang: 2 min p and e sqrt(p q) are
// at most .05 above them.
TEST_F(EnsembleTest, SeedsHoldOutOtherRows) {
  for (int seed = 0; seed < 2; ++seed) {
    store::RunRecord one = run(8, {1, 2, 3, 4 + seed * 1.0}, {2, 1, 3}, seed);
    one.info.split_sha256 = fmt::format("split {}", seed);
    static_cast<void>(add(one, one.info.cell));
  }
  const auto max = made("seeds").runs[0];
  EXPECT_DOUBLE_EQ(max.thresholds.at("ensemble"), -std::log(.05 / 2));
  EXPECT_TRUE(max.validation_scores.empty());
  EXPECT_DOUBLE_EQ(made("seeds", "mean").runs[0].thresholds.at("ensemble"),
                   -std::log(.05 / std::exp(1)));
  EXPECT_EQ(max.info.seed, 0);
  EXPECT_NE(max.info.split_sha256, max.members[0].run.info.split_sha256);
}

TEST_F(EnsembleTest, OfASweepBearsWhatItsMembersHaveInCommon) {
  for (const int latent : {8, 32}) {
    store::RunRecord one = run(latent, {1, 2, 3, 4}, {2, 1, 3});
    one.info.cell = fmt::format("noise_ratio=4,latent={}/{}", latent, kCell);
    one.info.default_variant = "noise_ratio=4,latent=8";
    static_cast<void>(add(one, one.info.cell));
  }
  const auto joined = made("latents").runs[0];
  EXPECT_EQ(joined.info.cell, std::string("noise_ratio=4/") + kCell);
  EXPECT_EQ(joined.info.default_variant, "noise_ratio=4");
}

TEST_F(EnsembleTest, OverMethodsEachRunIsJoinedAlone) {
  store::RunRecord one = run(8, {1, 2, 3, 4}, {2, 1, 3});
  one.scores.emplace_back("knn", std::vector<double>{20, 10, 40, 30});
  one.metrics.push_back({"knn", "auroc", 1});
  one.validation_scores["knn"] = {10, 30, 20};
  static_cast<void>(add(one, one.info.cell));
  one.info.cell = "noise_ratio=4/" + one.info.cell;
  static_cast<void>(add(one, one.info.cell));
  const auto both = made("methods", "mean", {"cance", "knn"}).runs;
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1].info.cell, std::string("noise_ratio=4/") + kCell);
  EXPECT_EQ(both[0].members.size(), 1U);
  const double low = std::log(4.0 / 3), middle = std::log(2.0), high = std::log(4.0);
  const std::vector<double> expected = {(low + middle) / 2, (middle + low) / 2, high + .5,
                                        high + .5};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(both[0].scores[0].second[i], expected[i], 1e-15) << i;
  }
  EXPECT_EQ(made("grid.methods", "mean", {"cance", "knn"}).runs.size(), 2U);
  EXPECT_THROW(static_cast<void>(made("methods")), Error);  // one method
  EXPECT_THROW(static_cast<void>(made("methods", "mean", {"cance", "cance"})), Error);
}

TEST_F(EnsembleTest, RefusesWhatDoesNotBelongTogether) {
  static_cast<void>(add(run(8, {1, 2, 3, 4}, {2, 1, 3}), "a/one"));
  EXPECT_NE(refusal("latents").find("an ensemble takes two or more"), std::string::npos);
  EXPECT_NE(refusal("latnts").find("did you mean 'latents'?"), std::string::npos);
  static_cast<void>(add(run(8, {1, 2, 3, 5}, {2, 1, 3}), "b/one"));
  EXPECT_NE(refusal("latents").find("an ensemble takes each once"), std::string::npos);
  store::RunRecord other = run(32, {1, 2, 3, 4}, {2, 1, 3});
  store::RunRecord alone = run(8, {1, 2, 3, 4}, {2, 1, 3}, 1);
  static_cast<void>(add(other, "b/one"));
  static_cast<void>(add(alone, "c/one"));
  EXPECT_EQ(made("latents").runs.size(), 1U);
  EXPECT_EQ(made("latents").alone, std::vector<std::string>{(runs() / "c/one.h5").string()});
  std::filesystem::remove(runs() / "c/one.h5");
  other.index[0] = 1;
  static_cast<void>(add(other, "b/one"));
  EXPECT_NE(refusal("latents").find("judged other test rows"), std::string::npos);
  other.index[0] = 5;
  other.validation_scores.clear();
  static_cast<void>(add(other, "b/one"));
  EXPECT_NE(refusal("latents").find("it keeps no scores of held-out rows"), std::string::npos);
}

TEST(JoinTails, AMemberThatOverflowsRanksFirstAndNoneIsLost) {
  constexpr double kMost = stats::TailScore::kGreatest;
  const auto joined = archive::join_tails({{1, kMost, NAN}, {3, 1, 2}}, "mean");
  EXPECT_EQ(joined[0], 2);
  EXPECT_EQ(joined[1], kMost);
  EXPECT_TRUE(std::isnan(joined[2]));
}

}  // namespace
}  // namespace cance
