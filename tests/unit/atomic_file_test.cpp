// Files are whole or absent: commit, abandonment, replacement, limits.
#include "base/atomic_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

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
