// Files below a folder: links followed, and every reason why something cannot be read.
#include "base/found_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/atomic_file.hpp"
#include "tests/support/folder_test.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;
using Kind = FoundFile::Kind;

class FoundFiles : public tests::FolderTest {
 protected:
  std::vector<std::string> find() {
    std::vector<std::string> lines;
    for (const FoundFile& file :
         find_files(folder_, [](const fs::path& below) { return below.filename() != "not"; })) {
      lines.push_back(file.path.lexically_relative(folder_).string() + (file.linked ? " @" : "") +
                      (file.fault.empty() ? "" : ": " + file.fault));
    }
    return lines;
  }
};

TEST_F(FoundFiles, LinksAreFollowedButNotInCircles) {
  write_text_file(folder_ / "a/b/x", "1");
  write_text_file(folder_ / "not/y", "1");
  fs::create_directory_symlink("a", folder_ / "l");
  fs::create_directory_symlink("../..", folder_ / "a/b/up");
  fs::create_symlink("a/b/x", folder_ / "z");
  EXPECT_EQ(find(), (std::vector<std::string>{"a/b/x", "l/b/x @", "z @"}));
  EXPECT_TRUE(find_files(folder_ / "absent", [](const fs::path&) { return true; }).empty());
}

TEST_F(FoundFiles, WhatCannotBeReadIsNamed) {
  fs::create_symlink("gone", folder_ / "a");
  fs::create_symlink("b", folder_ / "b");
  ASSERT_EQ(::mkfifo((folder_ / "c").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", folder_ / "d");
  EXPECT_EQ(find(),
            (std::vector<std::string>{
                "a @: a link that leads nowhere; mend or remove it",
                "b @: a link that cannot be followed: Too many levels of symbolic links; mend or "
                "remove it",
                "c: a pipe or a device, expected a file; remove it",
                "d @: a pipe or a device, expected a file; remove it"}));
  EXPECT_FALSE(look_up(folder_ / "absent").has_value());
  EXPECT_EQ(look_up(folder_)->kind, Kind::folder);
}

}  // namespace
}  // namespace cance
