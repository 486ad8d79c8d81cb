// A whole report from made-up run files: files, numbers, escapes, damaged input.
#include "report/report.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "report/cell.hpp"
#include "report/gather.hpp"
#include "report/tables.hpp"
#include "sample_run.hpp"

namespace cance::report {
namespace {

namespace fs = std::filesystem;

/// What every src and href of the page points to.
std::vector<std::string> targets(const std::string& page) {
  std::vector<std::string> found;
  for (const std::string attribute : {"src=", "href="}) {
    for (std::size_t at = page.find(attribute); at != std::string::npos;
         at = page.find(attribute, at + 1)) {
      found.push_back(page.substr(at + attribute.size() + 1, 40));
    }
  }
  return found;
}

class ReportTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { log::configure(log::Level::normal); }
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        fs::temp_directory_path() / fmt::format("cance_report_{}_{}", test->name(), ::getpid());
    fs::remove_all(folder_);
    fs::create_directories(runs());
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path runs() const { return folder_ / "runs"; }
  [[nodiscard]] fs::path out() const { return folder_ / "out" / "deep"; }

  fs::path add(const store::RunRecord& record, const std::string& name) const {
    const fs::path file = runs() / (name + ".h5");
    fs::create_directories(file.parent_path());
    store::write_run_file(file, record);
    return file;
  }
  void add_grid(int cases, int seeds) const {
    for (int k = 0; k < cases; ++k) {
      for (int seed = 0; seed < seeds; ++seed) {
        const std::string cell = fmt::format("mnist/unimodal/class{}/seed{}", k, seed);
        static_cast<void>(add(tests::sample_run(cell, seed), cell));
      }
    }
  }
  [[nodiscard]] ReportResult make(const std::string& title = "A title") const {
    return write_report({{runs()}, out(), title});
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    return read_text_file(out() / name);
  }

  fs::path folder_;
};

TEST_F(ReportTest, WritesItsFilesThatLoadNothing) {
  add_grid(3, 2);
  const ReportResult result = make();
  EXPECT_EQ(result.cells, 6U);
  EXPECT_EQ(result.skipped, 0U);
  EXPECT_EQ(std::distance(fs::directory_iterator(out()), fs::directory_iterator()), 6);
  const std::string page = text("index.html");
  for (const std::string& target : targets(page)) {
    EXPECT_TRUE(target.starts_with("data:image/png;base64,") || target.starts_with("#s")) << target;
  }
  for (const char* loader : {"<script", "<link", "<iframe", "@import", "url("}) {
    EXPECT_EQ(page.find(loader), std::string::npos) << loader;
  }
  for (const char* expected :
       {"ROC curves", "Score histograms", "Training curves", "data:image/png;base64,", "LSA",
        "cond(S(z))", "0123456789ab", "torch 2.11.0", "noise_ratio = 4"}) {
    EXPECT_NE(page.find(expected), std::string::npos) << expected;
  }
  EXPECT_NE(text("report.md").find("| average |"), std::string::npos);
  EXPECT_NE(result.plain.find("class2"), std::string::npos);
}

TEST_F(ReportTest, OneCaseHasNoAverage) {
  add_grid(1, 2);
  static_cast<void>(make());
  EXPECT_EQ(text("report.md").find("| average |"), std::string::npos);
  EXPECT_EQ(text("report.md").find("Last row"), std::string::npos);
}

TEST_F(ReportTest, NumbersAreThoseOfTheRunFiles) {
  add_grid(2, 2);
  static_cast<void>(make());
  const auto lines = split(trim(text("auroc.csv")), '\n');
  ASSERT_EQ(lines.size(), 1U + 2 * 2 * 5);
  std::size_t line = 1;
  double total = 0;
  for (const auto& file : store::find_run_files(runs())) {
    const store::RunRecord record = store::read_run_file(file);
    for (const store::Metric& metric : record.metrics) {
      const auto fields = split(lines.at(line++), ',');
      EXPECT_EQ(fields.at(3), record.info.case_name);
      EXPECT_EQ(fields.at(4), std::to_string(record.info.seed));
      EXPECT_EQ(fields.at(5), metric.method);
      EXPECT_EQ(std::stod(fields.at(6)), metric.value);
      total += metric.method == "cance" ? metric.value : 0;
    }
  }
  const std::string summary = text("summary.csv");
  const std::string start = "mnist,unimodal,autoencoder,average,cance,auroc,2,";
  const std::size_t at = summary.find(start);
  ASSERT_NE(at, std::string::npos);
  EXPECT_NEAR(std::stod(summary.substr(at + start.size())), total / 4, 1e-12);
}

TEST_F(ReportTest, DamagedAndSecondFilesAreLeftOutAndCounted) {
  add_grid(1, 2);
  std::ofstream(runs() / "broken.h5") << "no run";
  const fs::path cut = add(tests::sample_run("mnist/unimodal/class1/seed0", 0), "cut");
  fs::resize_file(cut, fs::file_size(cut) / 2);
  static_cast<void>(add(tests::sample_run("mnist/unimodal/class0/seed0", 0), "twin"));
  ::testing::internal::CaptureStderr();
  const ReportResult result = make();
  const std::string warnings = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(result.cells, 2U);
  EXPECT_EQ(result.skipped, 3U);
  const std::string page = text("index.html");
  for (const char* name : {"broken.h5", "cut.h5", "twin.h5"}) {
    EXPECT_NE(page.find(name), std::string::npos) << name;
    EXPECT_NE(warnings.find(name), std::string::npos) << name;
  }
  EXPECT_NE(page.find("3 run files could not be used"), std::string::npos);
}

TEST_F(ReportTest, MixedSettingsAndMissingCellsAreSaid) {
  add_grid(2, 2);
  static_cast<void>(make());
  EXPECT_EQ(text("index.html").find("different settings"), std::string::npos);
  store::RunRecord other = tests::sample_run("mnist/unimodal/class0/seed2", 2);
  other.info.config += "epochs = 7\n";
  static_cast<void>(add(other, "other"));
  static_cast<void>(make());
  EXPECT_NE(
      text("index.html").find("trained with different settings: LatNCE (2), CNCE (2), CANCE (2)."),
      std::string::npos);
  EXPECT_NE(text("index.html").find("1 of 6 cells"), std::string::npos);
}

/// The record with these methods in place of its first ones, of principal components.
store::RunRecord renamed(store::RunRecord record, const std::vector<std::string>& methods) {
  record.info.representation = "pca";
  record.scores.resize(methods.size());
  record.metrics.resize(methods.size());
  record.validation_scores.clear();
  record.thresholds.clear();
  record.noise.clear();
  for (std::size_t i = 0; i < methods.size(); ++i) {
    record.scores[i].first = methods[i];
    record.metrics[i].method = methods[i];
    record.thresholds[methods[i]] = 13;
  }
  return record;
}

TEST_F(ReportTest, MethodsThatSeeNoRepresentationStandBesideAny) {
  add_grid(2, 2);
  for (const char* cell : {"mnist/unimodal/class0/seed0", "mnist/unimodal/class1/seed0",
                           "mnist/unimodal/class0/seed1"}) {
    const auto seed = cell[std::string(cell).size() - 1] - '0';
    static_cast<void>(
        add(renamed(tests::sample_run(cell, seed), {"kde", "vae"}), std::string("others/") + cell));
  }
  const Gathered gathered = gather({runs()});
  ASSERT_EQ(gathered.groups.size(), 1U);
  const Group& group = gathered.groups.front();
  EXPECT_EQ(group.representation, "autoencoder");
  EXPECT_EQ(group.cells.size(), 4U);
  EXPECT_EQ(group.methods, (std::vector<std::string>{"kde", "vae", "error", "latnce", "gaussian",
                                                     "cnce", "cance"}));
  const Cell* cell = group.find("class0", 0);
  ASSERT_NE(cell, nullptr);
  EXPECT_EQ(cell->run_of("cance").file, runs() / "mnist/unimodal/class0/seed0.h5");
  EXPECT_EQ(cell->run_of("kde").file, runs() / "others/mnist/unimodal/class0/seed0.h5");
  EXPECT_EQ(cell->metric("kde", "auroc"), cell->metric("error", "auroc"));
  EXPECT_TRUE(std::isnan(group.find("class1", 1)->metric("kde", "auroc")));
  static_cast<void>(make());
  EXPECT_NE(text("index.html").find("Fewer than all 4 cells: KDE 3, VAE 3."), std::string::npos);
}

TEST_F(ReportTest, ACellOfOtherRowsOrWithAMethodTwiceIsLeftOut) {
  add_grid(1, 1);
  const store::RunRecord same = tests::sample_run("mnist/unimodal/class0/seed0", 0);
  static_cast<void>(add(renamed(same, {"kde", "vae"}), "x1"));
  static_cast<void>(add(renamed(same, {"vae", "lsa"}), "x2"));
  static_cast<void>(add(renamed(same, {"kde", "vae"}), "x4"));
  store::RunRecord other = renamed(same, {"lsa"});
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

TEST_F(ReportTest, AMethodOfTwoRunsWithTheSameValuesIsReadOnce) {
  add_grid(1, 1);
  const store::RunRecord same = tests::sample_run("mnist/unimodal/class0/seed0", 0);
  static_cast<void>(add(renamed(same, {"kde", "vae"}), "x1"));
  static_cast<void>(add(renamed(same, {"kde", "vae", "lsa"}), "x2"));
  const Gathered gathered = gather({runs()});
  EXPECT_TRUE(gathered.skipped.empty());
  const Cell& cell = gathered.groups.front().cells.front();
  EXPECT_EQ(cell.run_of("kde").file, runs() / "x1.h5");
  EXPECT_EQ(cell.run_of("lsa").file, runs() / "x2.h5");
  EXPECT_EQ(cell.run_of("lsa").methods.size(), 1U);
}

TEST_F(ReportTest, TheNewestRunOfAMethodCountsWhereThatIsAsked) {
  add_grid(1, 1);
  store::RunRecord run = renamed(tests::sample_run("mnist/unimodal/class0/seed0", 0), {"kde"});
  run.metrics.front().value = .25;
  run.info.date = "2026-01-03T00:00:00Z";
  static_cast<void>(add(run, "a-newest"));
  run = renamed(tests::sample_run("mnist/unimodal/class0/seed0", 0), {"kde", "vae"});
  static_cast<void>(add(run, "older"));
  static_cast<void>(add(run, "the-same"));
  store::RunRecord other = renamed(run, {"lsa"});
  other.info.split_sha256 = sha256("another split");
  static_cast<void>(add(other, "x"));
  for (const char* name : {"a-newest", "z-newest"}) {  // read before the older ones and after them
    const Gathered gathered = gather({runs()}, /*newest=*/true);
    ASSERT_EQ(gathered.skipped.size(), 1U) << "of other rows it is left out all the same";
    const Cell& cell = gathered.groups.front().cells.front();
    EXPECT_EQ(cell.run_of("kde").file.stem(), name);
    EXPECT_EQ(cell.metric("kde", kAuroc), .25);
    EXPECT_EQ(cell.run_of("vae").file, runs() / "older.h5");
    EXPECT_FALSE(cell.run_of("vae").methods.contains("kde"));
    EXPECT_TRUE(cell.metrics.contains("cance"));
    fs::rename(runs() / fmt::format("{}.h5", name), runs() / "z-newest.h5");
  }
}

TEST_F(ReportTest, TheNewestRunIsDrawnAndItsRepresentationTold) {
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
  const Group& group = gathered.groups.front();
  const Cell& cell = group.cells.front();
  EXPECT_EQ(cell.run_of("cance").file, runs() / "z-newest.h5");
  EXPECT_EQ(cell.run_of("error").file, runs() / "mnist/unimodal/class0/seed0.h5");
  EXPECT_EQ(cell.latent_condition, 9);
  EXPECT_EQ(cell.stages.at("autoencoder").epochs, 7);
  EXPECT_EQ(cell.stages.at("cance").epochs, 3);
  const Histogram expected = figures_of(again).histogram;
  EXPECT_EQ(group.figures.at("class0").histogram.low, expected.low);
  EXPECT_EQ(group.figures.at("class0").histogram.anomalous, expected.anomalous);
}

TEST_F(ReportTest, TrainingIsToldByStage) {
  for (int seed = 0; seed < 2; ++seed) {
    store::RunRecord record = tests::sample_run("mnist/unimodal/class0/seed0", seed);
    record.info.seed = seed;
    record.history = {{"autoencoder", {{0, 1, 2}, {3, 2, 1}, {3, 1.0 + seed, 2}, {0.5, 1.5, 2.5}}},
                      {"cance.first_part", {{1, 2}, {2, 1}, {3, 1}, {1, 2.0 + seed}}},
                      {"cance", {{1}, {2}, {2}, {4}}}};
    static_cast<void>(add(record, fmt::format("seed{}", seed)));
  }
  static_cast<void>(make());
  const std::string page = text("report.md");
  EXPECT_NE(page.find("| autoencoder | 2 | 2 | 1 | 2.5 |\n"
                      "| Error | 2 | none |  |  |\n"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("| CANCE | 2 | 1 | 1 | 4.0 |\n"
                      "| CANCE, first part | 2 | 2 | 2 | 2.5 |\n"),
            std::string::npos)
      << page;
}

TEST_F(ReportTest, TheRunOfCanceIsDrawnAndItsRepresentationTold) {
  store::RunRecord bare =
      renamed(tests::sample_run("mnist/unimodal/class0/seed0", 0), {"kde", "knn"});
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
    const Cell& cell = gathered.groups.front().cells.front();
    EXPECT_TRUE(cell.metrics.contains("kde"));
    EXPECT_EQ(cell.stages.at("autoencoder").epochs, 10);
    EXPECT_EQ(cell.latent_condition, seen.moments.latent_condition);
    EXPECT_EQ(gathered.groups.front().figures.at("class0").histogram.method, "cance");
  }
}

TEST_F(ReportTest, AMethodThatLacksACaseHasNoAverage) {
  add_grid(2, 1);
  static_cast<void>(
      add(renamed(tests::sample_run("mnist/unimodal/class0/seed0", 0), {"kde"}), "x"));
  static_cast<void>(make());
  EXPECT_EQ(text("summary.csv").find("average,kde"), std::string::npos);
  EXPECT_NE(text("summary.csv").find("class0,kde,auroc,1,"), std::string::npos);
}

TEST_F(ReportTest, NothingToReadIsAnError) {
  EXPECT_THROW(static_cast<void>(make()), Error);
  EXPECT_THROW(write_report({{runs() / "absent"}, out(), "t"}), Error);
  std::ofstream(runs() / "broken.h5") << "no run";
  EXPECT_THROW(static_cast<void>(make()), Error);
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(ReportTest, TextsOfFilesAreEscaped) {
  store::RunRecord record = tests::sample_run("mnist/unimodal/class0/seed0", 0);
  record.info.dataset = "<script>alert(1)</script>";
  record.info.case_name = "a|b & \"c\"";
  record.info.config = "x = </pre><b>";
  static_cast<void>(add(record, "x"));
  static_cast<void>(make("<i>title</i>"));
  const std::string page = text("index.html");
  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_EQ(page.find("<i>title"), std::string::npos);
  EXPECT_EQ(page.find("</pre><b>"), std::string::npos);
  EXPECT_NE(page.find("a|b &amp; &quot;c&quot;"), std::string::npos);
  EXPECT_NE(text("report.md").find("a\\|b & \"c\""), std::string::npos);
  EXPECT_NE(text("auroc.csv").find("\"a|b & \"\"c\"\"\""), std::string::npos);
}

TEST_F(ReportTest, TablesWithoutImagesOrHistoryStillMakeAPage) {
  store::RunRecord record = tests::sample_run("abalone/goad/all/seed4", 4);
  record.gallery = {};
  record.history.clear();
  record.noise.clear();
  record.metrics.push_back({"cance", "f1", 0.625});
  static_cast<void>(add(record, "abalone"));
  EXPECT_EQ(make().cells, 1U);
  const std::string page = text("index.html");
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_NE(page.find("<th>F1</th>"), std::string::npos);
  EXPECT_NE(page.find("<i>.628</i>"), std::string::npos);  // PyOD DIF, protocols.md section 7
  EXPECT_NE(page.find("n = 1 cell: no test"), std::string::npos);
}

TEST_F(ReportTest, GroupsAreSeparateAndCasesInNumericOrder) {
  for (const char* cell : {"mnist/unimodal/class10/seed1", "mnist/unimodal/class2/seed1",
                           "mnist/unimodal/class2/seed0", "glyphs/unimodal/class0/seed0"}) {
    static_cast<void>(add(tests::sample_run(cell, cell[std::string(cell).size() - 1] - '0'), cell));
  }
  const Gathered gathered = gather({runs(), runs()});
  ASSERT_EQ(gathered.groups.size(), 2U);
  EXPECT_EQ(gathered.cell_count(), 4U);
  const Group& mnist = gathered.groups[1];
  EXPECT_EQ(mnist.cases, (std::vector<std::string>{"class2", "class10"}));
  EXPECT_EQ(mnist.methods,
            (std::vector<std::string>{"error", "latnce", "gaussian", "cnce", "cance"}));
  EXPECT_EQ(mnist.figures.at("class2").seed, 0);
  EXPECT_EQ(mnist.figures.at("class10").seed, 1);
  EXPECT_EQ(mnist.figures.at("class2").composite->latent.normal.size(), 50U);
  EXPECT_EQ(mnist.cells.front().roc.at("cance").size(), roc_rates().size());
}

TEST(SharedSettings, LeaveOutTheCellsOwnCaseSeedAndMethods) {
  EXPECT_EQ(report::shared_settings("[grid]\ndataset = a\ncases = 3\nseeds = 1\nmethods = error\n"),
            "[grid]\ndataset = a\n");
}

}  // namespace
}  // namespace cance::report
