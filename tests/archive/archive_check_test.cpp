// Archives: links, aggregates, checks that name what differs, finding runs.
#include <cmath>
#include <set>

#include "archive/check.hpp"
#include "archive/run_source.hpp"
#include "base/atomic_file.hpp"
#include "tests/support/sample_archive.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

using tests::message_of;
using ArchiveCheck = tests::SampleArchive;

TEST_F(ArchiveCheck, LinksReadTheRunFilesAndNoticeOthers) {
  const fs::path file = write(0, 0);
  write(1, 0);
  static_cast<void>(collect(/*links=*/true));
  EXPECT_TRUE(archive::check_archive(out_).faults.empty());
  EXPECT_EQ(archive::ArchiveFile(out_).group("mnist/unimodal/class0/seed0").text("cell"),
            "mnist/unimodal/class0/seed0");
  EXPECT_NE(message_of([&] { (void)collect(/*links=*/false); }).find("--link"), std::string::npos);
  store::write_run_file(file, tests::sample_run("mnist/unimodal/class0/seed0", 5));
  const auto changed = archive::check_archive(out_);
  ASSERT_EQ(changed.faults.size(), 1U);
  EXPECT_NE(changed.faults[0].find("another one than was collected"), std::string::npos);
  fs::remove(file);
  EXPECT_NE(archive::check_archive(out_).faults.at(0).find("is not there"), std::string::npos);
}

TEST_F(ArchiveCheck, LinksFollowRunFilesThatWereMoved) {
  for (int seed = 0; seed < 2; ++seed) {
    write(3, seed);
  }
  (void)collect(/*links=*/true);
  const fs::path moved = folder_ / "moved";
  fs::rename(runs_, moved);
  EXPECT_EQ(archive::check_archive(out_).faults.size(), 2U);
  write(4, 0);
  EXPECT_NE(message_of([&] { (void)collect(true); }).find("from where it lies now"),
            std::string::npos);
  const auto result = archive::collect({{moved, runs_}, out_, true, false});
  EXPECT_EQ(result.runs, 3U);
  EXPECT_EQ(result.added, 1U);
  EXPECT_EQ(result.replaced, 2U);
  EXPECT_TRUE(archive::check_archive(out_).faults.empty());
}

TEST_F(ArchiveCheck, AggregatesAreThoseOfTheSeeds) {
  std::vector<double> values;
  for (int seed = 0; seed < 3; ++seed) {
    write(4, seed);
    values.push_back(tests::sample_run("mnist/unimodal/class4/seed0", seed).metrics.at(4).value);
  }
  static_cast<void>(collect());
  const auto table = archive::ArchiveFile(out_).table("aggregates");
  const auto& methods = table.texts("method");
  const auto row = static_cast<std::size_t>(std::ranges::find(methods, "cance") - methods.begin());
  ASSERT_LT(row, methods.size());
  const double mean = (values[0] + values[1] + values[2]) / 3;
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  EXPECT_EQ(table.integers("n")[row], 3);
  EXPECT_NEAR(table.numbers("mean")[row], mean, 1e-15);
  EXPECT_NEAR(table.numbers("deviation")[row], std::sqrt(squares / 2), 1e-15);
  EXPECT_LE(table.numbers("low")[row], mean);
  EXPECT_GE(table.numbers("high")[row], mean);
}

TEST_F(ArchiveCheck, CheckNamesAChangedScoreMetricAndTable) {
  write(0, 0);
  write(1, 0);
  static_cast<void>(collect());
  tamper([](const hdf5::Group& root) {
    const hdf5::Group run = root.group("runs/mnist/unimodal/class0/seed0");
    run.set("date", "1999-01-01T00:00:00Z");
  });
  auto check = archive::check_archive(out_);
  ASSERT_EQ(check.faults.size(), 1U);
  EXPECT_TRUE(check.faults[0].starts_with("mnist/unimodal/class0/seed0: the SHA-256"))
      << check.faults[0];
  fs::remove(out_);
  static_cast<void>(collect());
  tamper([](const hdf5::Group& root) {
    root.create_group("runs/mnist/unimodal/class9").set("schema", "cance-run");
  });
  check = archive::check_archive(out_);
  ASSERT_EQ(check.faults.size(), 1U);
  EXPECT_NE(check.faults[0].find("class9"), std::string::npos);
}

TEST_F(ArchiveCheck, ColumnsOfSettingsMayBeThoseOfAnotherBuild) {
  write(0, 0);
  store::RunRecord other = tests::sample_run("mnist/unimodal/class1/seed0", 0);
  other.info.config += "batch = 64\nepochs = 7\n";
  store::write_run_file(runs_ / "other.h5", other);
  static_cast<void>(collect());
  EXPECT_TRUE(archive::check_archive(out_).faults.empty());
  const auto drop = [&](const std::set<std::string>& names) {
    tamper([&](const hdf5::Group& root) {
      for (const char* table : {"cells", "table", "aggregates"}) {
        auto order = root.group(table).texts("column-order");
        std::erase_if(order, [&](const std::string& name) { return names.contains(name); });
        root.group(table).set("column-order", order);
      }
    });
  };
  drop({"nce.epochs"});  // as in archives of builds that write fewer
  EXPECT_TRUE(archive::check_archive(out_).faults.empty());
  tamper([](const hdf5::Group& root) {
    const hdf5::Group cells = root.group("cells");
    auto order = cells.texts("column-order");
    order.push_back("knn.k");  // of one that writes more
    cells.write("knn.k", std::vector<double>{8, 9});
    cells.set("column-order", order);
  });
  EXPECT_TRUE(archive::check_archive(out_).faults.empty());
  tamper([](const hdf5::Group& root) {
    const hdf5::Group cells = root.group("cells");
    auto order = cells.texts("column-order");
    order.push_back("latent");
    cells.write("latent", std::vector<double>{8, 8});
    cells.set("column-order", order);
  });
  EXPECT_EQ(archive::check_archive(out_).faults,
            std::vector<std::string>{"/cells: the column latent does not follow from the runs"});
}

TEST_F(ArchiveCheck, EarlierBuildsLeftColumnsOfSweepsEmptyForOtherRuns) {
  for (const auto& [variant, epochs] : {std::pair{"epochs=7/", 7}, {"epochs=9/", 9}, {"", 8}}) {
    const std::string cell = std::string(variant) + "mnist/unimodal/class1/seed0";
    store::RunRecord run = tests::sample_run(cell, 0);
    run.info.config += fmt::format("epochs = {}\n", epochs);
    store::write_run_file(runs_ / (cell + ".h5"), run);
  }
  static_cast<void>(collect());
  EXPECT_EQ(archive::ArchiveFile(out_).table("cells").find("nce.epochs"), nullptr);
  const hdf5::Table written = archive::ArchiveFile(out_).table("cells");
  const auto& epochs = written.numbers("epochs");
  ASSERT_EQ(std::set<double>(epochs.begin(), epochs.end()), (std::set<double>{7, 8, 9}));
  const auto faults_with = [&](double of_plain, double of_seven = 7) {
    hdf5::Table changed = written;
    for (auto& [name, column] : changed.columns) {
      if (name == "epochs") {
        std::ranges::replace(std::get<std::vector<double>>(column), 7, of_seven);
        std::ranges::replace(std::get<std::vector<double>>(column), 8, of_plain);
      }
    }
    tamper([&](const hdf5::Group& root) { hdf5::write_table(root, "cells", changed); }, "cells");
    return archive::check_archive(out_).faults;
  };
  EXPECT_TRUE(faults_with(8).empty());
  EXPECT_TRUE(faults_with(std::nan("")).empty());
  EXPECT_EQ(faults_with(8, std::nan("")).size(), 1U) << "which its variant says";
  ASSERT_EQ(faults_with(6).size(), 1U);
  EXPECT_NE(faults_with(6).front().find("epochs is 6, but the runs say 8"), std::string::npos);
}

TEST_F(ArchiveCheck, PlacesAreFoundByWhatTheyAre) {
  write(0, 0);
  write(1, 0);
  static_cast<void>(collect());
  EXPECT_EQ(archive::find_runs({runs_}).size(), 2U);
  EXPECT_EQ(archive::find_runs({out_}).size(), 2U);
  EXPECT_EQ(archive::find_runs({folder_}).size(), 2U) << "an archive among runs is left out";
  const auto one = archive::find_run(out_.string() + ":mnist/unimodal/class1/seed0");
  EXPECT_EQ(one.read(store::Detail::info).info.cell, "mnist/unimodal/class1/seed0");
  EXPECT_NE(message_of([&] { (void)archive::find_run(out_); }).find("name one"), std::string::npos);
  EXPECT_NE(message_of([&] {
              (void)archive::find_run(out_.string() + ":mnist/unimodal/class1/seed1");
            }).find("did you mean"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)archive::find_runs({folder_ / "none"}); }).find("not found"),
            std::string::npos);
}

TEST_F(ArchiveCheck, WhatCannotBeReadIsLeftOutOfThem) {
  write(0, 0);
  const fs::path link = fs::path(runs_) / "mnist/unimodal/class1/seed0.h5";
  fs::create_directories(link.parent_path());
  fs::create_symlink("/nowhere.h5", link);
  const fs::path damaged = folder_ / "damaged.h5";
  write_text_file(damaged, "cance archive 1.0 sha256=0 size=9999\n");
  const archive::CollectResult result =
      archive::collect({.paths = {damaged, runs_}, .out = folder_ / "b.h5"});
  EXPECT_EQ(result.runs, 1U);
  ASSERT_EQ(result.left_out.size(), 2U);
  EXPECT_NE(result.left_out[0].reason.find("truncated"), std::string::npos);
  EXPECT_EQ(result.left_out[1].file, link.string());
  EXPECT_EQ(result.left_out[1].reason, "a link that leads nowhere; mend or remove it");
  const auto read = archive::read_members(archive::find_runs({damaged, runs_}));
  EXPECT_EQ(read.members.size(), 1U);
  EXPECT_EQ(read.left_out, 2U);
  EXPECT_EQ(message_of([&] { (void)archive::find_runs({link}); }),
            link.string() + ": a link that leads nowhere; mend or remove it");
}

}  // namespace
}  // namespace cance
