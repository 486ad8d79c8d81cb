// Records of cells that are being worked on: what is written is read, until it is cleared.
#include "store/running.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>

#include "base/atomic_file.hpp"
#include "base/build_info.hpp"
#include "base/process.hpp"
#include "tests/support/folder_test.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;
using store::RunningCell;
using tests::message_of;

class Running : public tests::FolderTest {
 protected:
  RunningCell record(const std::string& cell) const {
    RunningCell record;
    record.cell = cell;
    record.host = "node7";
    record.stage = "autoencoder, decoder";
    record.rank = 3;
    record.epoch = 12;
    record.epochs = 150;
    record.done = 0.3125;
    record.seconds_left = 512.5;
    return record;
  }
  /// The same of a process of this machine.
  RunningCell record(const std::string& cell, int process) const {
    RunningCell own = record(cell);
    own.host = host_name();
    own.space = process_space();
    own.process = process;
    return own;
  }
  fs::path path(const std::string& name) const { return folder_ / "running" / name; }
};

TEST_F(Running, WhatIsWrittenIsRead) {
  EXPECT_TRUE(store::read_running(folder_).empty());
  RunningCell first = record("glyphs/unimodal/class0/seed0");
  store::write_running(folder_, record("glyphs/v1.5"));
  store::write_running(folder_, first);
  first.epoch = 13;
  first.process = 4711;
  store::write_running(folder_, first);
  const auto all = store::read_running(folder_);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].cell, "glyphs/v1.5");
  EXPECT_EQ(all[0].cell, first.cell);
  EXPECT_EQ(all[0].host, first.host);
  EXPECT_EQ(all[0].stage, first.stage);
  EXPECT_EQ(all[0].rank, 3);
  EXPECT_EQ(all[0].process, 4711);
  EXPECT_EQ(all[0].epoch, 13);
  EXPECT_EQ(all[0].epochs, 150);
  EXPECT_EQ(all[0].done, 0.3125);
  EXPECT_EQ(all[0].seconds_left, 512.5);
  EXPECT_FALSE(all[0].silent());
  EXPECT_LT(std::fabs(all[0].age), 60);
}

TEST_F(Running, ClearedOnesAreGone) {
  store::write_running(folder_, record("a/seed0"));
  store::write_running(folder_, record("a/seed1"));
  store::clear_running(folder_, "a/seed0");
  store::clear_running(folder_, "a/seed0");
  const auto left = store::read_running(folder_);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].cell, "a/seed1");
}

TEST_F(Running, OldOnesAreSilentSinceTheirLastChange) {
  store::write_running(folder_, record("a/seed0"));
  const std::chrono::sys_seconds noon =
      std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) + std::chrono::hours(12);
  fs::last_write_time(path("a/seed0.txt"), std::chrono::file_clock::from_sys(noon));
  const auto all = store::read_running(folder_);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].silent());
  EXPECT_EQ(all[0].updated, "2024-02-29 12:00:00 UTC");
  fs::last_write_time(path("a/seed0.txt"),
                      fs::file_time_type::clock::now() - std::chrono::seconds(170));
  EXPECT_FALSE(store::read_running(folder_)[0].silent());
}

TEST_F(Running, ThoseOfEndedProcessesOfThisMachineAreSilent) {
  const pid_t ended = ::fork();
  if (ended == 0) {
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(ended, nullptr, 0), ended);
  RunningCell elsewhere = record("a/seed2", ended);
  elsewhere.space = kernel_name() + " pid:[1]";
  store::write_running(folder_, record("a/seed0", ended));
  store::write_running(folder_, record("a/seed1", ::getppid()));
  store::write_running(folder_, elsewhere);
  const auto all = store::read_running(folder_);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[0].silent());
  EXPECT_FALSE(all[1].silent());
  EXPECT_FALSE(all[2].silent())
      << "processes of another container cannot be seen, whatever its host name";

  store::write_running(folder_, record("a/seed3", ::getpid()));
  const std::vector<std::string> cells{"a/seed0", "a/seed1", "a/seed3"};
  const auto others = store::running_elsewhere(folder_, cells);
  ASSERT_EQ(others.size(), 1U) << "neither ended ones nor our own, nor other cells";
  EXPECT_EQ(others[0].cell, "a/seed1");
  fs::last_write_time(path("a/seed1.txt"),
                      fs::file_time_type::clock::now() - std::chrono::seconds(200));
  EXPECT_TRUE(store::running_elsewhere(folder_, cells).empty());
}

TEST_F(Running, StoppedOnesAreNeitherSilentNorAtWork) {
  RunningCell stopped = record("a/seed0", 1);
  stopped.stopped = true;
  store::write_running(folder_, stopped);
  fs::last_write_time(path("a/seed0.txt"),
                      fs::file_time_type::clock::now() - std::chrono::hours(24));
  const auto all = store::read_running(folder_);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].stopped);
  EXPECT_FALSE(all[0].silent());
  const std::vector<std::string> cells{"a/seed0"};
  EXPECT_TRUE(store::running_elsewhere(folder_, cells).empty());
}

TEST_F(Running, OtherFilesAndUnknownKeysAreNoMatter) {
  store::write_running(folder_, record("a/seed0"));
  write_text_file(path("a/seed0.txt.tmp.node7.12"), "half a rec");
  write_text_file(path("a/seed1.txt"), "rank = 1\ngpu = 5\n");
  const auto all = store::read_running(folder_);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].rank, 1);
  EXPECT_LT(all[1].seconds_left, 0);
}

TEST_F(Running, WrongOnesAreNamed) {
  write_text_file(path("a/seed0.txt"), "epoch = many\n");
  const std::string message = message_of([&] { (void)store::read_running(folder_); });
  EXPECT_NE(message.find("seed0.txt"), std::string::npos) << message;
  EXPECT_NE(message.find("'many'"), std::string::npos) << message;
  RunningCell two_lines = record("a/seed1");
  two_lines.stage = "nce\nrank = 9";
  EXPECT_NE(message_of([&] { store::write_running(folder_, two_lines); }).find("one line"),
            std::string::npos);
  EXPECT_NE(message_of([&] { store::clear_running(folder_, "../x"); }).find("no path below"),
            std::string::npos);
}

}  // namespace
}  // namespace cance
