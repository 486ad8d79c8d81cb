// Archives: collecting, extending and replacing, copies and links, checks that name what differs.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "archive/archive_file.hpp"
#include "archive/check.hpp"
#include "archive/collect.hpp"
#include "archive/run_source.hpp"
#include "base/atomic_file.hpp"
#include "store/group_hash.hpp"
#include "store/seal.hpp"
#include "tests/unit/sample_run.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

class Archive : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(runs_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& cell, int seed, const fs::path& folder) const {
    const fs::path path = folder / (cell + ".h5");
    store::write_run_file(path, tests::sample_run(cell, seed));
    return path;
  }
  fs::path write(int digit, int seed) const {
    return write(fmt::format("mnist/unimodal/class{}/seed{}", digit, seed), seed, runs_);
  }
  archive::CollectResult collect(bool links = false, bool replace = false) const {
    return archive::collect({{runs_}, out_, links, replace});
  }
  template <class Call>
  static std::string message_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  /// Changes the archive as another tool would: without its checksum line.
  void tamper(const std::function<void(const store::Group&)>& change) const {
    const fs::path changed = folder_ / "changed.h5";
    {
      const archive::ArchiveFile good(out_);
      const store::Group root = store::create_file(changed);
      const store::Group old = store::open_file(out_);
      for (const char* name : {"runs", "cells", "table", "aggregates"}) {
        old.group(name).copy_to(root, name);
      }
      root.set("schema", old.text("schema"));
      root.set("schema_version", old.text("schema_version"));
      root.set("links", old.boolean("links"));
      change(root);
      root.set("complete", true);
    }
    store::seal_file(changed, "archive");
    fs::rename(changed, out_);
  }

  fs::path folder_ = fs::temp_directory_path() / fmt::format("cance_archive_{}", ::getpid());
  fs::path runs_ = folder_ / "runs";
  fs::path out_ = folder_ / "archive.h5";
};

TEST_F(Archive, HoldsEveryRunAsItsFileHasIt) {
  for (int seed = 0; seed < 3; ++seed) {
    write(3, seed);
    write(10, seed);
  }
  const auto result = collect();
  EXPECT_EQ(result.runs, 6U);
  EXPECT_EQ(result.added, 6U);
  EXPECT_TRUE(result.left_out.empty());
  const archive::ArchiveFile archive(out_);
  ASSERT_EQ(archive.members().size(), 6U);
  for (const archive::Member& member : archive.members()) {
    const fs::path file = runs_ / (member.info.cell + ".h5");
    EXPECT_EQ(archive::run_file_of(out_, member), file);
    EXPECT_EQ(member.file_sha256, store::content_sha256(file));
    EXPECT_EQ(member.sha256, store::group_sha256(store::open_file(file)));
    EXPECT_EQ(member.sha256, store::group_sha256(archive.group(member.info.cell)));
    const auto original = store::read_run_file(file, store::Detail::full);
    const auto copy = archive.run(member.info.cell, store::Detail::full);
    EXPECT_EQ(copy.scores, original.scores);
    EXPECT_EQ(copy.composite.at("test").values(), original.composite.at("test").values());
    EXPECT_EQ(copy.info.config, original.info.config);
    ASSERT_EQ(member.metrics.size(), original.metrics.size());
    for (std::size_t i = 0; i < member.metrics.size(); ++i) {
      EXPECT_EQ(member.metrics[i].value, original.metrics[i].value);
    }
  }
}

TEST_F(Archive, CollectingAgainChangesNothingAndAGrowingOneIsExtended) {
  write(0, 0);
  static_cast<void>(collect());
  const std::string first = read_text_file(out_);
  EXPECT_EQ(collect().added, 0U);
  EXPECT_EQ(read_text_file(out_), first);
  write(1, 0);
  EXPECT_EQ(collect().added, 1U);
  const std::string grown = read_text_file(out_);
  fs::remove(out_);
  EXPECT_EQ(collect().added, 2U);
  EXPECT_EQ(read_text_file(out_), grown) << "extended differs from collected at once";
  fs::remove_all(runs_ / "mnist/unimodal/class0");
  EXPECT_EQ(collect().runs, 2U) << "what the archive holds is kept";
}

TEST_F(Archive, TheSameRunUnderAnotherNameIsOneMember) {
  write(0, 0);
  const fs::path copy = folder_ / "elsewhere" / "copy.h5";
  fs::create_directories(copy.parent_path());
  fs::copy_file(runs_ / "mnist/unimodal/class0/seed0.h5", copy);
  const auto result = archive::collect({{runs_, copy.parent_path()}, out_});
  EXPECT_EQ(result.runs, 1U);
}

TEST_F(Archive, ACellDoneAgainNeedsReplace) {
  write(0, 0);
  static_cast<void>(collect());
  write("mnist/unimodal/class0/seed0", 7, runs_);
  const std::string before = read_text_file(out_);
  EXPECT_NE(message_of([&] { (void)collect(); }).find("--replace"), std::string::npos);
  EXPECT_EQ(read_text_file(out_), before);
  EXPECT_EQ(collect(false, true).replaced, 1U);
  EXPECT_EQ(
      archive::ArchiveFile(out_).run("mnist/unimodal/class0/seed0", store::Detail::info).info.seed,
      7);
  EXPECT_TRUE(archive::check_archive(out_).faults.empty());
}

TEST_F(Archive, OneCellWithTwoContentsIsRefused) {
  write(0, 0);
  write("mnist/unimodal/class0/seed0", 1, folder_ / "other");
  const std::string message = message_of([&] {
    (void)archive::collect({{runs_, folder_ / "other"}, out_});
  });
  EXPECT_NE(message.find("is also in"), std::string::npos) << message;
  EXPECT_FALSE(fs::exists(out_));
}

TEST_F(Archive, DamagedRunFilesAreLeftOutAndNamed) {
  write(0, 0);
  const fs::path bad = write(1, 0);
  fs::resize_file(bad, fs::file_size(bad) - 100);
  write_text_file(runs_ / "mnist/unimodal/class2/seed0.h5.tmp.host.1", "half");
  const auto result = collect();
  EXPECT_EQ(result.runs, 1U);
  ASSERT_EQ(result.left_out.size(), 1U);
  EXPECT_EQ(result.left_out[0].file, bad.string());
  EXPECT_NE(result.left_out[0].reason.find("truncated"), std::string::npos);
}

TEST_F(Archive, PathsThatNoTableCanHoldAreLeftOut) {
  write(3, 0);
  write("odd", 1, runs_ / "two\nlines");
  write("odd", 1, runs_ / "not\xFFtext");
  const auto result = collect();
  EXPECT_EQ(result.runs, 1U);
  ASSERT_EQ(result.left_out.size(), 2U);
  EXPECT_NE(result.left_out[0].file.find("not?text/odd.h5"), std::string::npos);
  EXPECT_NE(result.left_out[1].file.find("two?lines/odd.h5"), std::string::npos);
}

TEST_F(Archive, MetricsThatDoNotFollowAreLeftOut) {
  auto run = tests::sample_run("mnist/unimodal/class0/seed0", 0);
  run.metrics.front().value += 1e-6;
  store::write_run_file(runs_ / "a.h5", run);
  const auto result = collect();
  ASSERT_EQ(result.left_out.size(), 1U);
  EXPECT_NE(result.left_out[0].reason.find("auroc of error"), std::string::npos);
  EXPECT_FALSE(fs::exists(out_));
}

TEST_F(Archive, RunsWithoutTheMetricsOfAMethodAreLeftOut) {
  auto run = tests::sample_run("mnist/unimodal/class0/seed0", 0);
  const std::string method = run.metrics.back().method;
  std::erase_if(run.metrics, [&](const auto& metric) { return metric.method == method; });
  store::write_run_file(runs_ / "a.h5", run);
  const auto result = collect();
  ASSERT_EQ(result.left_out.size(), 1U);
  EXPECT_NE(result.left_out[0].reason.find("/scores has " + method), std::string::npos);
}

TEST_F(Archive, AnArchiveThatAnotherProgramWroteMeanwhileStays) {
  write(3, 0);
  (void)collect();
  const archive::ArchiveFile seen(out_);
  write(3, 1);
  (void)collect();
  const std::string there = store::content_sha256(out_);
  const std::vector<archive::Entry> entries{{archive::examine(write(4, 0)), nullptr}};
  EXPECT_THROW(archive::write_archive(out_, entries, false, nullptr), archive::ChangedMeanwhile);
  EXPECT_THROW(archive::write_archive(out_, entries, false, &seen), archive::ChangedMeanwhile);
  EXPECT_EQ(store::content_sha256(out_), there);
}

TEST_F(Archive, LinksReadTheRunFilesAndNoticeOthers) {
  const fs::path file = write(0, 0);
  write(1, 0);
  static_cast<void>(collect(/*links=*/true));
  EXPECT_TRUE(archive::check_archive(out_).faults.empty());
  EXPECT_EQ(store::open_file(out_).group("runs/mnist/unimodal/class0/seed0").text("cell"),
            "mnist/unimodal/class0/seed0")
      << "HDF5 follows the link by itself";
  EXPECT_NE(message_of([&] { (void)collect(/*links=*/false); }).find("--link"), std::string::npos);
  store::write_run_file(file, tests::sample_run("mnist/unimodal/class0/seed0", 5));
  const auto changed = archive::check_archive(out_);
  ASSERT_EQ(changed.faults.size(), 1U);
  EXPECT_NE(changed.faults[0].find("another one than was collected"), std::string::npos);
  fs::remove(file);
  EXPECT_NE(archive::check_archive(out_).faults.at(0).find("is not there"), std::string::npos);
}

TEST_F(Archive, LinksFollowRunFilesThatWereMoved) {
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

TEST_F(Archive, ArchivesCanBeCollected) {
  write(0, 0);
  static_cast<void>(collect());
  fs::remove_all(runs_);
  write(1, 0);
  const fs::path both = folder_ / "both.h5";
  EXPECT_EQ(archive::collect({{out_, runs_}, both}).runs, 2U);
  EXPECT_TRUE(archive::check_archive(both).faults.empty());
}

TEST_F(Archive, RanksShareTheReading) {
  constexpr int kRanks = 3;
  for (int digit = 0; digit < 5; ++digit) {
    write(digit, 0);
  }
  // Three ranks as three threads that meet at a barrier would need MPI; the share of each rank is
  // shown by what it alone examines, in turn.
  std::vector<std::vector<char>> said(kRanks);
  std::string todo;
  for (int rank = kRanks - 1; rank >= 0; --rank) {
    int call = 0;
    archive::Ranks ranks{
        rank, kRanks, [&](std::span<const char> own) {
          ++call;
          if (call == 1) {  // rank 0 tells the files
            std::string text;
            for (int digit = 0; digit < 5; ++digit) {
              text +=
                  (runs_ / fmt::format("mnist/unimodal/class{}/seed0.h5", digit)).string() + "\n";
            }
            return std::vector<char>(text.begin(), text.end());
          }
          if (call == 2) {
            said[static_cast<std::size_t>(rank)].assign(own.begin(), own.end());
            std::vector<char> all;
            for (const auto& text : said) {
              all.insert(all.end(), text.begin(), text.end());
            }
            return all;
          }
          return std::vector<char>(own.begin(), own.end());
        }};
    const auto result = archive::collect({{runs_}, out_}, ranks);
    EXPECT_EQ(result.runs, rank == 0 ? 5U : 0U);
    EXPECT_EQ(fs::exists(out_), rank == 0) << "only rank 0 writes";
  }
  for (const auto& text : said) {
    EXPECT_GT(text.size(), 0U);
    EXPECT_LE(std::ranges::count(text, '\n'), 2);
  }
  const std::string shared = read_text_file(out_);
  fs::remove(out_);
  static_cast<void>(collect());
  EXPECT_EQ(read_text_file(out_), shared);
}

TEST_F(Archive, AggregatesAreThoseOfTheSeeds) {
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

TEST_F(Archive, CheckNamesAChangedScoreMetricAndTable) {
  write(0, 0);
  write(1, 0);
  static_cast<void>(collect());
  tamper([](const store::Group& root) {
    const store::Group run = root.group("runs/mnist/unimodal/class0/seed0");
    run.set("date", "1999-01-01T00:00:00Z");
  });
  auto check = archive::check_archive(out_);
  ASSERT_EQ(check.faults.size(), 1U);
  EXPECT_TRUE(check.faults[0].starts_with("mnist/unimodal/class0/seed0: the SHA-256"))
      << check.faults[0];
  fs::remove(out_);
  static_cast<void>(collect());
  tamper([](const store::Group& root) {
    root.create_group("runs/mnist/unimodal/class9").set("schema", "cance-run");
  });
  check = archive::check_archive(out_);
  ASSERT_EQ(check.faults.size(), 1U);
  EXPECT_NE(check.faults[0].find("class9"), std::string::npos);
}

TEST_F(Archive, PlacesAreFoundByWhatTheyAre) {
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

}  // namespace
}  // namespace cance
