// Files are whole or absent: commit, abandonment, replacement, limits.
#include "base/atomic_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <random>
#include <vector>

#include "base/error.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

/// A fresh folder for each test.
class AtomicFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) /
              (std::string("cance_atomic_") + info->name() + "_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::size_t files() const {
    const auto entries = fs::directory_iterator(folder_);
    return static_cast<std::size_t>(std::distance(fs::begin(entries), fs::end(entries)));
  }

  fs::path folder_;
};

TEST_F(AtomicFileTest, MakesParentFoldersAndWrites) {
  const fs::path target = folder_ / "a" / "b" / "text.txt";
  write_text_file(target, "hello\n");
  EXPECT_EQ(read_text_file(target), "hello\n");
}

TEST_F(AtomicFileTest, AppearsOnlyAtCommit) {
  const fs::path target = folder_ / "file";
  AtomicFile file(target);
  std::ofstream(file.temporary()) << "content";
  EXPECT_FALSE(fs::exists(target));
  EXPECT_EQ(file.temporary().parent_path(), target.parent_path());
  file.commit();
  EXPECT_EQ(read_text_file(target), "content");
  EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFileTest, AbandonedLeavesNothingAndTheOldFileStays) {
  const fs::path target = folder_ / "file";
  write_text_file(target, "old");
  {
    AtomicFile file(target);
    std::ofstream(file.temporary()) << "half of the new";
  }
  EXPECT_EQ(read_text_file(target), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFileTest, ReplacesAndKeepsBytes) {
  const fs::path target = folder_ / "file";
  write_text_file(target, "a longer first content");
  const std::string bytes("x\0y\r\n", 5);
  write_text_file(target, bytes);
  EXPECT_EQ(read_text_file(target), bytes);
  write_text_file(target, "");
  EXPECT_EQ(read_text_file(target), "");
}

TEST_F(AtomicFileTest, CommitsOnlyOverTheFileThatIsKnown) {
  const fs::path target = folder_ / "file";
  AtomicFile first(target);
  std::ofstream(first.temporary()) << "first";
  EXPECT_TRUE(first.commit_over(nullptr));
  EXPECT_EQ(read_text_file(target), "first");
  EXPECT_EQ(files(), 1U);
  AtomicFile second(target);
  std::ofstream(second.temporary()) << "second";
  EXPECT_FALSE(second.commit_over(nullptr)) << "a file is there by now";
  EXPECT_FALSE(second.commit_over([&] { return read_text_file(target) == "another"; }));
  EXPECT_EQ(read_text_file(target), "first");
  EXPECT_TRUE(second.commit_over([&] { return read_text_file(target) == "first"; }));
  EXPECT_EQ(read_text_file(target), "second");
  EXPECT_EQ(files(), 1U);
}

/// Each of these processes adds a line, again and again where another was faster.
TEST_F(AtomicFileTest, NoneOfManyWritersIsLost) {
  constexpr int kWriters = 6;
  constexpr int kLines = 20;
  const fs::path target = folder_ / "file";
  std::vector<pid_t> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.push_back(::fork());
    if (writers.back() == 0) {
      for (int done = 0; done < kLines;) {
        AtomicFile file(target);
        const bool there = fs::exists(target);
        const std::string old = there ? read_text_file(target) : "";
        std::ofstream(file.temporary()) << old << writer << '\n';
        const auto known = [&] { return read_text_file(target) == old; };
        done += file.commit_over(there ? std::function<bool()>(known) : nullptr) ? 1 : 0;
      }
      ::_exit(0);
    }
  }
  for (const pid_t writer : writers) {
    int status = 1;
    ::waitpid(writer, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const std::string text = read_text_file(target);
  for (int writer = 0; writer < kWriters; ++writer) {
    EXPECT_EQ(std::ranges::count(text, static_cast<char>('0' + writer)), kLines);
  }
}

/// Nobody writes a file that is there again, so what a killed writer leaves beside it would stay.
/// In memory, where a writer does little else than commit.
TEST_F(AtomicFileTest, AKilledWriterLeavesNothingBesideAFinishedFile) {
  if (fs::is_directory("/dev/shm")) {
    folder_ = fs::path("/dev/shm") / folder_.filename();
  }
  std::mt19937 random(1);
  std::uniform_int_distribution<unsigned> moment(1000, 6000);  // us
  for (int round = 0; round < 200; ++round) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      try {
        for (int count = 0;; ++count) {
          AtomicFile file(folder_ / std::to_string(round) / std::to_string(count));
          std::ofstream(file.temporary()) << count;
          static_cast<void>(file.commit_over(nullptr));
        }
      } catch (...) {
        ::_exit(1);
      }
    }
    ::usleep(moment(random));
    ::kill(writer, SIGKILL);
    int status = 0;
    ::waitpid(writer, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with " << WEXITSTATUS(status);
  }
  std::size_t finished = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    const std::string path = entry.path().string();
    const std::size_t temporary = path.find(".tmp.");
    finished += temporary == std::string::npos && entry.is_regular_file() ? 1 : 0;
    EXPECT_TRUE(temporary == std::string::npos || !fs::exists(path.substr(0, temporary))) << path;
  }
  EXPECT_GT(finished, 200U);
}

TEST_F(AtomicFileTest, RemovesWhatDeadProcessesLeftBesideTheTarget) {
  const fs::path target = folder_ / "file";
  const std::string name = AtomicFile(target).temporary().string();
  const std::string host = name.substr(0, name.rfind('.') + 1);  // ".../file.tmp.<host>."
  const std::string other_host = target.string() + ".tmp.elsewhere.7";
  const std::string old_other_host = target.string() + ".tmp.elsewhere.8";
  const std::string dead = host + "2147483647", living = host + std::to_string(::getppid());
  const std::string other_target = folder_ / "file2.tmp.elsewhere.8";
  for (const auto& path : {dead, living, other_host, old_other_host, other_target}) {
    std::ofstream(path) << "half";
  }
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(25);
  fs::last_write_time(old_other_host, long_ago);
  fs::last_write_time(other_target, long_ago);
  write_text_file(target, "whole");
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_TRUE(fs::exists(living));
  EXPECT_TRUE(fs::exists(other_host));
  EXPECT_FALSE(fs::exists(old_other_host));
  EXPECT_TRUE(fs::exists(other_target));
  EXPECT_EQ(read_text_file(target), "whole");
}

TEST_F(AtomicFileTest, RemovesWhatDeadProcessesLeftAnywhereBelow) {
  const std::string name = AtomicFile(folder_ / "cell" / "file").temporary().string();
  const std::string host = name.substr(0, name.rfind('.') + 1);
  const pid_t zombie = ::fork();
  if (zombie == 0) {
    ::_exit(0);
  }
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(zombie), &ended, WEXITED | WNOWAIT), 0);
  const std::string dead = host + "2147483647", unwaited = host + std::to_string(zombie);
  const std::string living = host + std::to_string(::getppid());
  const std::string other_host = folder_ / "cell" / "file.tmp.elsewhere.2147483647";
  const std::string of_others = folder_ / "notes.tmp.txt";
  for (const auto& path : {dead, unwaited, living, other_host, of_others}) {
    std::ofstream(path) << "half";
  }
  fs::last_write_time(of_others, fs::file_time_type::clock::now() - std::chrono::hours(25));
  remove_left_overs(folder_);
  ::waitpid(zombie, nullptr, 0);
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_FALSE(fs::exists(unwaited));
  EXPECT_TRUE(fs::exists(living));
  EXPECT_TRUE(fs::exists(other_host));
  EXPECT_TRUE(fs::exists(of_others));
  remove_left_overs(folder_ / "absent");
}

TEST_F(AtomicFileTest, NamesTheFolderThatCannotBeMade) {
  write_text_file(folder_ / "file", "not a folder");
  try {
    write_text_file(folder_ / "file" / "below", "text");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find((folder_ / "file").string()), std::string::npos);
  }
}

TEST_F(AtomicFileTest, CommitWithoutContentThrows) {
  AtomicFile file(folder_ / "file");
  EXPECT_THROW(file.commit(), Error);
  EXPECT_FALSE(fs::exists(folder_ / "file"));
}

TEST_F(AtomicFileTest, ReadingRefusesAbsentAndOversized) {
  EXPECT_THROW(static_cast<void>(read_text_file(folder_ / "none")), Error);
  write_text_file(folder_ / "file", "12345");
  EXPECT_EQ(read_text_file(folder_ / "file", 5), "12345");
  EXPECT_THROW(static_cast<void>(read_text_file(folder_ / "file", 4)), Error);
}

}  // namespace
}  // namespace cance
