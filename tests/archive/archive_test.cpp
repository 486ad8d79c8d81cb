// Archives: collecting, extending and replacing, by one rank and several.
#include "archive/check.hpp"
#include "archive/run_source.hpp"
#include "archive/tables.hpp"
#include "base/atomic_file.hpp"
#include "hdf5/group_hash.hpp"
#include "tests/support/sample_archive.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

using tests::message_of;
using Archive = tests::SampleArchive;

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
    EXPECT_EQ(member.file_sha256, hdf5::content_sha256(file));
    EXPECT_EQ(member.sha256, hdf5::group_sha256(hdf5::open_file(file)));
    EXPECT_EQ(member.sha256, hdf5::group_sha256(archive.group(member.info.cell)));
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
  EXPECT_NE(message.find("report takes several folders and joins them"), std::string::npos);
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
  const std::string there = hdf5::content_sha256(out_);
  const std::vector<archive::Entry> entries{{archive::examine(write(4, 0)), nullptr}};
  EXPECT_THROW(archive::write_archive(out_, entries, false, nullptr), archive::ChangedMeanwhile);
  EXPECT_THROW(archive::write_archive(out_, entries, false, &seen), archive::ChangedMeanwhile);
  EXPECT_EQ(hdf5::content_sha256(out_), there);
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

TEST_F(Archive, ForgedTablesGoNoFurther) {
  write(0, 0);
  static_cast<void>(collect());
  const fs::path forged = folder_ / "forged.h5";
  const archive::ArchiveFile good(out_);
  const double truth = good.members()[0].metrics[0].value;
  ASSERT_NE(truth, 1.0);
  {
    std::vector<archive::Member> members = good.members();
    members[0].metrics[0].value = 1;
    const hdf5::Group root = hdf5::create_file(forged);
    good.runs().copy_to(root, "runs");
    hdf5::write_table(root, "cells", archive::Tables(members).cells());
    hdf5::write_table(root, "table", archive::Tables(members).metrics());
    hdf5::write_table(root, "aggregates", archive::Tables(members).aggregates());
    root.set("schema", "cance-archive");
    root.set("schema_version", "1.1");
    root.set("links", false);
    root.set("complete", true);
  }
  hdf5::seal_file(forged, "archive");
  ASSERT_EQ(archive::ArchiveFile(forged).members()[0].metrics[0].value, 1);
  const auto value = [](const std::vector<archive::Member>& members) {
    return members.at(0).metrics.at(0).value;
  };
  EXPECT_EQ(value(archive::read_members(archive::find_runs({forged})).members), truth);
  const fs::path taken = folder_ / "taken.h5";
  EXPECT_EQ(archive::collect({{forged}, taken}).added, 1U);
  EXPECT_EQ(value(archive::ArchiveFile(taken).members()), truth);
  write(1, 0);
  EXPECT_EQ(archive::collect({{runs_}, forged}).runs, 2U);
  EXPECT_EQ(value(archive::ArchiveFile(forged).members()), truth);
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
}  // namespace
}  // namespace cance
