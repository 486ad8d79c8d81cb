// Run files of one cell joined: which run a method is read from, what is left out, what is drawn.
#include "report/runs/gather.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "base/sha256.hpp"
#include "report/runs/cell_record.hpp"
#include "report/runs/paper_order.hpp"
#include "tests/support/run_folder.hpp"

namespace cance::report {
namespace {

namespace fs = std::filesystem;

class GatherTest : public tests::RunFolderTest {};

TEST_F(GatherTest, MethodsThatSeeNoRepresentationStandBesideAny) {
  add_grid(2, 2);
  for (const char* cell : {"mnist/unimodal/class0/seed0", "mnist/unimodal/class1/seed0",
                           "mnist/unimodal/class0/seed1"}) {
    const auto seed = cell[std::string(cell).size() - 1] - '0';
    static_cast<void>(add(tests::renamed(tests::sample_run(cell, seed), {"kde", "vae"}),
                          std::string("others/") + cell));
  }
  const Gathered gathered = gather({runs()});
  ASSERT_EQ(gathered.groups.size(), 1U);
  const CellGroup& group = gathered.groups.front();
  EXPECT_EQ(group.representation, "autoencoder");
  EXPECT_EQ(group.cells.size(), 4U);
  EXPECT_EQ(group.methods, (std::vector<std::string>{"kde", "vae", "error", "latnce", "gaussian",
                                                     "cnce", "cance"}));
  const CellRecord* cell = group.find("class0", 0);
  ASSERT_NE(cell, nullptr);
  EXPECT_EQ(cell->run_of("cance").file, runs() / "mnist/unimodal/class0/seed0.h5");
  EXPECT_EQ(cell->run_of("kde").file, runs() / "others/mnist/unimodal/class0/seed0.h5");
  EXPECT_EQ(cell->metric("kde", "auroc"), cell->metric("error", "auroc"));
  EXPECT_TRUE(std::isnan(group.find("class1", 1)->metric("kde", "auroc")));
}

TEST_F(GatherTest, ACellOfOtherRowsOrWithAMethodTwiceIsLeftOut) {
  add_grid(1, 1);
  const store::RunRecord same = tests::sample_run("mnist/unimodal/class0/seed0", 0);
  static_cast<void>(add(tests::renamed(same, {"kde", "vae"}), "x1"));
  static_cast<void>(add(tests::renamed(same, {"vae", "lsa"}), "x2"));
  static_cast<void>(add(tests::renamed(same, {"kde", "vae"}), "x4"));
  store::RunRecord other = tests::renamed(same, {"lsa"});
  other.info.split_sha256 = sha256("another split");
  static_cast<void>(add(other, "x3"));
  const Gathered gathered = gather({runs()});
  ASSERT_EQ(gathered.skipped.size(), 3U);
  const std::vector<std::string> reasons{"with other values of vae from", "of other rows from",
                                         "with kde, vae from"};
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    EXPECT_NE(gathered.skipped[i].reason.find("is already read " + reasons[i]), std::string::npos)
        << gathered.skipped[i].reason;
  }
}

TEST_F(GatherTest, AMethodOfTwoRunsWithTheSameValuesIsReadOnce) {
  add_grid(1, 1);
  const store::RunRecord same = tests::sample_run("mnist/unimodal/class0/seed0", 0);
  static_cast<void>(add(tests::renamed(same, {"kde", "vae"}), "x1"));
  static_cast<void>(add(tests::renamed(same, {"kde", "vae", "lsa"}), "x2"));
  const Gathered gathered = gather({runs()});
  EXPECT_TRUE(gathered.skipped.empty());
  const CellRecord& cell = gathered.groups.front().cells.front();
  EXPECT_EQ(cell.run_of("kde").file, runs() / "x1.h5");
  EXPECT_EQ(cell.run_of("lsa").file, runs() / "x2.h5");
  EXPECT_EQ(cell.run_of("lsa").methods.size(), 1U);
}

TEST_F(GatherTest, TheNewestRunOfAMethodCountsWhereThatIsAsked) {
  add_grid(1, 1);
  store::RunRecord run =
      tests::renamed(tests::sample_run("mnist/unimodal/class0/seed0", 0), {"kde"});
  for (auto& score : run.scores.front().second) {
    score = -score;  // the AUROC of the others' complement
  }
  run.metrics.front().value = 1 - run.metrics.front().value;
  run.info.date = "2026-01-03T00:00:00Z";
  static_cast<void>(add(run, "a-newest"));
  run = tests::renamed(tests::sample_run("mnist/unimodal/class0/seed0", 0), {"kde", "vae"});
  static_cast<void>(add(run, "older"));
  static_cast<void>(add(run, "the-same"));
  store::RunRecord other = tests::renamed(run, {"lsa"});
  other.info.split_sha256 = sha256("another split");
  static_cast<void>(add(other, "x"));
  for (const char* name : {"a-newest", "z-newest"}) {  // read before the older ones and after them
    const Gathered gathered = gather({runs()}, /*newest=*/true);
    ASSERT_EQ(gathered.skipped.size(), 1U) << "of other rows it is left out all the same";
    const CellRecord& cell = gathered.groups.front().cells.front();
    EXPECT_EQ(cell.run_of("kde").file.stem(), name);
    EXPECT_LT(cell.metric("kde", kAuroc), .5);
    EXPECT_EQ(cell.run_of("vae").file, runs() / "older.h5");
    EXPECT_FALSE(cell.run_of("vae").methods.contains("kde"));
    EXPECT_TRUE(cell.metrics.contains("cance"));
    fs::rename(runs() / fmt::format("{}.h5", name), runs() / "z-newest.h5");
  }
}

TEST_F(GatherTest, TheNewestRunIsDrawnAndItsRepresentationTold) {
  add_grid(1, 1);
  store::RunRecord again = tests::sample_run("mnist/unimodal/class0/seed0", 5);
  again.info.seed = 0;
  again.info.date = "2026-01-03T00:00:00Z";
  again.moments.latent_condition = 9;
  again.history[0].second = tests::sample_history(7, 1, 0.5);
  again.history[2].second = tests::sample_history(3, 1, 0.5);
  again.metrics.front().method = "kde";  // "error" stays that of the older run
  again.scores.front().first = "kde";
  again.thresholds["kde"] = 13;
  static_cast<void>(add(again, "z-newest"));
  const Gathered gathered = gather({runs()}, /*newest=*/true);
  EXPECT_TRUE(gathered.skipped.empty());
  const CellGroup& group = gathered.groups.front();
  const CellRecord& cell = group.cells.front();
  EXPECT_EQ(cell.run_of("cance").file, runs() / "z-newest.h5");
  EXPECT_EQ(cell.run_of("error").file, runs() / "mnist/unimodal/class0/seed0.h5");
  EXPECT_EQ(cell.latent_condition, 9);
  EXPECT_EQ(cell.stages.at("autoencoder").epochs, 7);
  EXPECT_EQ(cell.stages.at("cance").epochs, 3);
  const auto composite = figures_of(again).composite.value();
  EXPECT_EQ(group.figures.at("class0").composite->latent.normal.front().x,
            composite.latent.normal.front().x);
  const Histogram expected = cell_of(again, "again").curves.at("cance").histogram;
  EXPECT_EQ(cell.curves.at("cance").histogram.normal, expected.normal);
  EXPECT_EQ(cell.curves.at("cance").histogram.anomalous, expected.anomalous);
}

TEST_F(GatherTest, TheRunOfCanceIsDrawnAndItsRepresentationTold) {
  store::RunRecord bare =
      tests::renamed(tests::sample_run("mnist/unimodal/class0/seed0", 0), {"kde", "knn"});
  bare.info.representation = "autoencoder";
  bare.history[0].second = tests::sample_history(7, 1, 0.5);
  bare.moments.latent_condition = 9;
  const store::RunRecord seen = tests::sample_run("mnist/unimodal/class0/seed0", 0);
  for (const bool bare_first : {true, false}) {
    fs::remove_all(runs());
    static_cast<void>(add(bare, bare_first ? "a" : "b"));
    static_cast<void>(add(seen, bare_first ? "b" : "a"));
    const Gathered gathered = gather({runs()});
    ASSERT_EQ(gathered.groups.size(), 1U);
    const CellRecord& cell = gathered.groups.front().cells.front();
    EXPECT_TRUE(cell.metrics.contains("kde"));
    EXPECT_EQ(cell.stages.at("autoencoder").epochs, 10);
    EXPECT_EQ(cell.latent_condition, seen.moments.latent_condition);
    EXPECT_EQ(gathered.groups.front().figures.at("class0").main, "cance");
  }
}

TEST_F(GatherTest, GroupsAreSeparateAndCasesInNumericOrder) {
  for (const char* cell : {"mnist/unimodal/class10/seed1", "mnist/unimodal/class2/seed1",
                           "mnist/unimodal/class2/seed0", "glyphs/unimodal/class0/seed0"}) {
    static_cast<void>(add(tests::sample_run(cell, cell[std::string(cell).size() - 1] - '0'), cell));
  }
  const Gathered gathered = gather({runs(), runs()});
  ASSERT_EQ(gathered.groups.size(), 2U);
  EXPECT_EQ(gathered.cell_count(), 4U);
  const CellGroup& mnist = gathered.groups[0];
  EXPECT_EQ(mnist.cases, (std::vector<std::string>{"class2", "class10"}));
  EXPECT_EQ(mnist.methods,
            (std::vector<std::string>{"error", "latnce", "gaussian", "cnce", "cance"}));
  EXPECT_EQ(mnist.figures.at("class2").seed, 0);
  EXPECT_EQ(mnist.figures.at("class10").seed, 1);
  EXPECT_EQ(mnist.figures.at("class2").composite->latent.normal.size(), 50U);
  EXPECT_EQ(mnist.cells.front().curves.at("cance").recall.size(), roc_rates().size());
}

TEST_F(GatherTest, GroupsStandInThePapersOrderThenByName) {
  for (const char* cell : {"a/unimodal/class0/seed0", "mnist/bimodal/class0+8/seed0",
                           "cifar10-heldout/unimodal/class0/seed0", "mnist/unimodal/class0/seed0",
                           "abalone/goad/all/seed0", "mnist-c-generated/given/all/seed0"}) {
    static_cast<void>(add(tests::sample_run(cell, 0), cell));
  }
  std::vector<std::string> titles;
  for (const CellGroup& group : gather({runs()}).groups) {
    titles.push_back(group.dataset + "/" + group.protocol);
  }
  EXPECT_EQ(titles,
            (std::vector<std::string>{"mnist/unimodal", "cifar10-heldout/unimodal", "mnist/bimodal",
                                      "mnist-c-generated/given", "abalone/goad", "a/unimodal"}));
}

TEST(PaperPlace, NamesTheConfigOfEachExperiment) {
  const auto file_of = [](const std::string& text) {
    const auto at = text.find("configs/");
    return std::filesystem::path(CANCE_SOURCE_DIR) / text.substr(at, text.find(')', at) - at);
  };
  for (const auto& [dataset, protocol] : std::vector<std::pair<std::string, std::string>>{
           {"mnist", "unimodal"},
           {"fashion-mnist", "multimodal"},
           {"adbench-cifar10-4", "goad"},
           {"cifar10-heldout-resnet18-layer3", "unimodal"},
           {"kddcup99", "drocc"}}) {
    const std::string text = paper_place(dataset, protocol).text;
    EXPECT_TRUE(text.starts_with("In the paper: ")) << dataset;
    EXPECT_TRUE(std::filesystem::exists(file_of(text))) << text;
  }
  EXPECT_EQ(paper_place("mnist", "goad").text, "");
  EXPECT_EQ(paper_place("mine", "unimodal").text, "");
}

TEST(ScheduleOf, SaysWhatIsShorter) {
  EXPECT_EQ(schedule_of("[grid]\nmethods = error\n"), "1");
  EXPECT_EQ(schedule_of("[a]\nb = 1\n\n[schedule]\nshare = 0.1\nshares = none\n\n[nce]\n"), "0.1");
  EXPECT_EQ(schedule_of("[grid]\nmethods = error,vae\n\n[schedule]\nshare = 1\nshares = "
                        "lsa:0.5,vae:0.1,representation:0.3\n"),
            "1 (vae:0.1, representation:0.3)");
  EXPECT_EQ(schedule_of("[grid]\nmethods = error\n\n[schedule]\nshare = 1\nshares = lsa:0.5\n"),
            "1");
  EXPECT_EQ(schedule_of("[a]\nb = 1\n\n[schedule]\nshare = 1\nshares = lsa:0.5,vae:0.1\n"),
            "1 (lsa:0.5, vae:0.1)");
  EXPECT_EQ(schedule_of("\n[schedule]\nshare = 0.1\nshares = a:1,b:1,c:1\n"),
            "0.1 (a:1, b:1, ...)");
}

TEST(SharedSettings, LeaveOutTheCellsOwnCaseSeedAndMethods) {
  EXPECT_EQ(shared_settings("[grid]\ndataset = a\ncases = 3\nseeds = 1\nmethods = error\n"),
            "[grid]\ndataset = a\n");
}

}  // namespace
}  // namespace cance::report
