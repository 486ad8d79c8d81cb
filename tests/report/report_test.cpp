// A whole report from made-up run files: files, numbers, escapes, damaged input.
#include "report/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "report/document/table.hpp"
#include "stats/judge.hpp"
#include "tests/support/run_folder.hpp"

namespace cance::report {
namespace {

namespace fs = std::filesystem;

/// What every src and href of the page points to.
std::vector<std::string> targets(const std::string& page) {
  std::vector<std::string> found;
  for (const std::string attribute : {"src=", "href="}) {
    for (std::size_t at = page.find(attribute); at != std::string::npos;
         at = page.find(attribute, at + 1)) {
      found.push_back(page.substr(at + attribute.size() + 1, 120));
    }
  }
  return found;
}

class ReportTest : public tests::RunFolderTest {
 protected:
  static void SetUpTestSuite() { log::configure(log::Level::normal); }

  [[nodiscard]] fs::path out() const { return folder_ / "out" / "deep"; }
  [[nodiscard]] ReportResult make(const std::string& title = "A title") const {
    return write_report({{runs()}, out(), title});
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    return read_text_file(out() / name);
  }
};

TEST_F(ReportTest, WritesItsFilesThatLoadNothing) {
  add_grid(3, 2);
  const ReportResult result = make();
  EXPECT_EQ(result.cells, 6U);
  EXPECT_EQ(result.skipped, 0U);
  EXPECT_EQ(std::distance(fs::directory_iterator(out()), fs::directory_iterator()),
            8);  // six files and two folders
  const std::string page = text("index.html");
  for (const std::string& target : targets(page)) {
    const bool file = target.starts_with("figures/") || target.starts_with("tables/") ||
                      target.starts_with("../../runs/") ||
                      fs::exists(out() / target.substr(0, target.find('"')));
    EXPECT_TRUE(file || target.starts_with("data:image/png;base64,") || target.starts_with("#"))
        << target;
    const fs::path path = out() / target.substr(0, target.find('"'));
    EXPECT_TRUE(!file || fs::exists(path)) << path;
  }
  for (const char* loader : {"<script ", "<link", "<iframe", "@import", "url("}) {
    EXPECT_EQ(page.find(loader), std::string::npos) << loader;
  }
  for (const char* expected :
       {"ROC curves", "Scores of CANCE", "Training curves", "data:image/png;base64,", "LSA",
        "cond(S(z))", "0123456789ab", "torch 2.11.0", "noise_ratio = 4"}) {
    EXPECT_NE(page.find(expected), std::string::npos) << expected;
  }
  EXPECT_NE(text("report.md").find("| average |"), std::string::npos);
  EXPECT_NE(result.plain.find("class2"), std::string::npos);
}

TEST_F(ReportTest, FilesOfAPageOfOthersAreKept) {
  add_grid(1, 1);
  fs::create_directories(out() / "figures");
  write_text_file(out() / "index.html", "<a href=\"figures/mine.png\">mine</a>");
  write_text_file(out() / "figures/mine.png", "mine");
  static_cast<void>(make());
  EXPECT_EQ(text("figures/mine.png"), "mine");
}

TEST_F(ReportTest, FiguresOfAnEarlierReportAreNotKept) {
  add_grid(1, 1);
  const fs::path other = add(tests::sample_run("glyphs/unimodal/class0/seed0", 0), "other");
  static_cast<void>(make());
  EXPECT_TRUE(fs::exists(out() / "figures/glyphs-unimodal-autoencoder-curves.pdf"));
  std::ofstream(out() / "figures/own.svg") << "a user's";
  fs::remove(other);
  static_cast<void>(make());
  EXPECT_FALSE(fs::exists(out() / "figures/glyphs-unimodal-autoencoder-curves.pdf"));
  EXPECT_TRUE(fs::exists(out() / "figures/mnist-unimodal-autoencoder-curves.pdf"));
  EXPECT_TRUE(fs::exists(out() / "figures/own.svg"));
  for (const auto& file : fs::recursive_directory_iterator(out())) {
    EXPECT_EQ(file.path().filename().string().find("glyphs"), std::string::npos) << file.path();
  }
}

TEST_F(ReportTest, MatricesOfPThatSayNothingAreOneLine) {
  add_grid(3, 2);
  static_cast<void>(make());
  const std::string page = text("report.md");
  EXPECT_NE(page.find("Left out: p of every method against every other over cases and over cells. "
                      "After Holm's correction for 20 tests"),
            std::string::npos);
  EXPECT_EQ(page.find("correction over all pairs"), std::string::npos);
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
    const store::RunRecord record = store::read_run_file(file.path);
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
  ::testing::internal::CaptureStderr();
  const ReportResult mixed = make();
  const std::string cells =
      "cells trained with different settings: LatNCE (2), CNCE (2), CANCE (2)";
  EXPECT_NE(::testing::internal::GetCapturedStderr().find(cells), std::string::npos);
  EXPECT_NE(mixed.plain.find("mnist / unimodal / autoencoder; " + cells), std::string::npos)
      << mixed.plain;
  EXPECT_NE(text("report.md").find("means over " + cells + "; no result of one method"),
            std::string::npos);
  EXPECT_NE(
      text("index.html").find("trained with different settings: LatNCE (2), CNCE (2), CANCE (2);"),
      std::string::npos);
  EXPECT_NE(text("index.html").find("1 of 6 cells"), std::string::npos);
  // The setting is a column, and means say how many they join.
  const auto column = [&](const std::string& file, const std::string& row, std::size_t from_end) {
    const std::string all = text(file);
    const std::size_t at = all.find(row);
    const auto fields = split(split(std::string_view(all).substr(at), '\n').front(), ',');
    return fields.at(fields.size() - 1 - from_end);
  };
  EXPECT_EQ(column("auroc.csv", "dataset,", 0), "nce.epochs");
  EXPECT_EQ(column("auroc.csv", "mnist,unimodal,autoencoder,class0,2,cance,", 0), "7");
  EXPECT_EQ(column("auroc.csv", "mnist,unimodal,autoencoder,class0,1,cance,", 0), "auto");
  EXPECT_EQ(column("summary.csv", "dataset,", 0), "nce.epochs");
  EXPECT_EQ(column("summary.csv", "mnist,unimodal,autoencoder,class0,cance,", 0), "auto;7");
  EXPECT_EQ(column("summary.csv", "mnist,unimodal,autoencoder,class1,cance,", 0), "auto");
  EXPECT_EQ(column("summary.csv", "mnist,unimodal,autoencoder,class0,cance,", 1), "2");
  EXPECT_EQ(column("summary.csv", "mnist,unimodal,autoencoder,class0,error,", 1), "1");
}

TEST_F(ReportTest, MethodsOfFewerCellsAreNamed) {
  add_grid(2, 2);
  for (const char* cell : {"mnist/unimodal/class0/seed0", "mnist/unimodal/class1/seed0"}) {
    static_cast<void>(
        add(tests::renamed(tests::sample_run(cell, 0), {"kde"}), std::string("others/") + cell));
  }
  static_cast<void>(make());
  EXPECT_NE(text("index.html").find("Fewer than all 4 cells: KDE 2."), std::string::npos);
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

TEST_F(ReportTest, AMethodThatLacksACaseHasNoAverage) {
  add_grid(2, 1);
  static_cast<void>(
      add(tests::renamed(tests::sample_run("mnist/unimodal/class0/seed0", 0), {"kde"}), "x"));
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
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
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
  const auto scores =
      std::ranges::find(record.scores, "cance", [](const auto& s) { return s.first; });
  record.metrics.push_back(
      {"cance", "f1", stats::precision_recall_f1(scores->second, record.labels).f1});
  static_cast<void>(add(record, "abalone"));
  EXPECT_EQ(make().cells, 1U);
  const std::string page = text("index.html");
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_NE(page.find("<th>F1</th>"), std::string::npos);
  EXPECT_NE(page.find("<i>.628</i>"), std::string::npos);  // PyOD DIF, src/protocols.md, section 7
  EXPECT_NE(page.find("n = 1 cell: no test"), std::string::npos);
}

}  // namespace
}  // namespace cance::report
