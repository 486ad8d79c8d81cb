// Files are whole or absent: commit, abandonment, replacement, limits.
#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <functional>
#include <random>
#include <vector>

#include "base/error.hpp"
#include "base/temporary_file.hpp"

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
  EXPECT_EQ(files(), 1U) << "the temporary file, in the same folder";
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

/// A child that holds a temporary file of `target` until it is killed.
pid_t start_writer(const fs::path& target) {
  std::array<int, 2> ready{};
  EXPECT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const AtomicFile file(target);
    std::ofstream(file.temporary()) << "half";
    static_cast<void>(::write(ready[1], "x", 1));
    for (;;) {
      ::pause();
    }
  }
  char done = 0;
  EXPECT_EQ(::read(ready[0], &done, 1), 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return child;
}

void kill_writer(pid_t writer) {
  ::kill(writer, SIGKILL);
  ::waitpid(writer, nullptr, 0);
}

TEST_F(AtomicFileTest, RemovesWhatDeadProcessesLeftBesideTheTarget) {
  const fs::path target = folder_ / "file";
  const pid_t living = start_writer(target), dead = start_writer(target);
  EXPECT_EQ(files(), 2U);
  kill_writer(dead);
  const std::string other = target.string() + ".tmp.elsewhere.7";
  const std::string old_other = target.string() + ".tmp.elsewhere.8";
  const std::string other_target = folder_ / "file2.tmp.elsewhere.8";
  for (const auto& path : {other, old_other, other_target}) {
    std::ofstream(path) << "half";
  }
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(25);
  fs::last_write_time(old_other, long_ago);
  fs::last_write_time(other_target, long_ago);
  write_text_file(target, "whole");
  EXPECT_EQ(files(), 4U) << "the file, that of the living writer, of another machine, of another";
  EXPECT_TRUE(fs::exists(other));
  EXPECT_FALSE(fs::exists(old_other));
  EXPECT_TRUE(fs::exists(other_target));
  EXPECT_EQ(read_text_file(target), "whole");
  kill_writer(living);
  write_text_file(target, "again");
  EXPECT_EQ(files(), 3U);
}

TEST_F(AtomicFileTest, RemovesWhatDeadProcessesLeftAnywhereBelow) {
  const pid_t living = start_writer(folder_ / "cell" / "living");
  const pid_t dead = start_writer(folder_ / "cell" / "dead");
  kill_writer(dead);
  const std::string of_others = folder_ / "notes.tmp.txt";
  std::ofstream(of_others) << "mine";
  fs::last_write_time(of_others, fs::file_time_type::clock::now() - std::chrono::hours(25));
  remove_left_overs(folder_);
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder_ / "cell")) {
    left.push_back(entry.path().filename().string());
  }
  ASSERT_EQ(left.size(), 1U);
  EXPECT_TRUE(left[0].starts_with("living.tmp."));
  EXPECT_TRUE(fs::exists(of_others));
  kill_writer(living);
  remove_left_overs(folder_ / "absent");
}

/// Somebody else in the folder: links where the names could be, then in the place of the file.
TEST_F(AtomicFileTest, FollowsNoLinkInThePlaceOfItsTemporaryFile) {
  write_text_file(folder_ / "victim", "precious");
  AtomicFile file(folder_ / "file");
  fs::path name;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    name = entry.path().filename() == "victim" ? name : entry.path();
  }
  fs::remove(name);
  fs::create_symlink(folder_ / "victim", name);
  std::ofstream(file.temporary()) << "content";
  EXPECT_THROW(file.commit(), Error) << "what lies under the name is not what was written";
  EXPECT_EQ(read_text_file(folder_ / "victim"), "precious");
  EXPECT_FALSE(fs::exists(folder_ / "file"));
}

TEST_F(AtomicFileTest, FollowsTheLinksOfTheUserAndReplacesNoDevice) {
  fs::create_directories(folder_ / "far");
  fs::create_symlink("far/file", folder_ / "one");
  fs::create_symlink("one", folder_ / "two");
  write_text_file(folder_ / "two", "first");
  write_text_file(folder_ / "two", "second");
  EXPECT_EQ(read_text_file(folder_ / "far" / "file"), "second");
  EXPECT_TRUE(fs::is_symlink(folder_ / "one") && fs::is_symlink(folder_ / "two"));

  fs::create_symlink("/dev/null", folder_ / "null");
  write_text_file(folder_ / "null", "text");
  EXPECT_TRUE(fs::is_symlink(folder_ / "null") && fs::is_character_file("/dev/null"));

  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  write_text_file(pipe, "through the pipe");
  std::array<char, 64> text{};
  EXPECT_EQ(::read(reader, text.data(), text.size()), 16);
  EXPECT_STREQ(text.data(), "through the pipe");
  EXPECT_TRUE(fs::is_fifo(pipe));
  ::close(reader);
  EXPECT_THROW(write_text_file(folder_, "text"), Error) << "a folder";
  fs::create_symlink("round", folder_ / "round");
  EXPECT_THROW(write_text_file(folder_ / "round", "text"), Error);
}

TEST_F(AtomicFileTest, RefusesTheLinkOfAnotherUser) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs root, to make a link of another user";
  }
  write_text_file(folder_ / "victim", "precious");
  fs::create_symlink("victim", folder_ / "file");
  ASSERT_EQ(::lchown((folder_ / "file").c_str(), 65534, 65534), 0);
  EXPECT_THROW(write_text_file(folder_ / "file", "text"), Error);
  EXPECT_EQ(read_text_file(folder_ / "victim"), "precious");
}

/// A descriptor keeps its place in the file: what the shell's other commands wrote stays.
TEST_F(AtomicFileTest, WritesToAnOpenDescriptorWhereItStands) {
  write_text_file(folder_ / "file", "");
  const int open = ::open((folder_ / "file").c_str(), O_WRONLY);
  EXPECT_EQ(::write(open, "before ", 7), 7);
  write_text_file("/dev/fd/" + std::to_string(open), "content");
  EXPECT_EQ(::write(open, " behind", 7), 7);
  ::close(open);
  EXPECT_EQ(read_text_file(folder_ / "file"), "before content behind");
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

TEST_F(AtomicFileTest, ReadingRefusesAbsentAndOversized) {
  EXPECT_THROW(static_cast<void>(read_text_file(folder_ / "none")), Error);
  write_text_file(folder_ / "file", "12345");
  EXPECT_EQ(read_text_file(folder_ / "file", 5), "12345");
  EXPECT_THROW(static_cast<void>(read_text_file(folder_ / "file", 4)), Error);
}

}  // namespace
}  // namespace cance
