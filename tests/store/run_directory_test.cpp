// The run directory: paths of cells, files below it, records of failures, the settings of the grid.
#include "store/run_directory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/atomic_file.hpp"
#include "store/run_file.hpp"
#include "tests/support/folder_test.hpp"

namespace cance {
namespace {

using tests::message_of;

namespace fs = std::filesystem;

class RunDirectory : public tests::FolderTest {};

/// Nobody else's rights, while it lives: root may read every folder.
class AsNobody {
 public:
  AsNobody() : active_(::geteuid() != 0 || ::seteuid(kNobody) == 0) {}
  ~AsNobody() {
    if (::geteuid() == kNobody) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  [[nodiscard]] bool active() const { return active_; }

 private:
  static constexpr uid_t kNobody = 65534;
  bool active_;
};

TEST_F(RunDirectory, CellsArePathsBelowIt) {
  EXPECT_EQ(store::run_path("runs", "mnist/unimodal/class3/seed0"),
            std::filesystem::path("runs/mnist/unimodal/class3/seed0.h5"));
  EXPECT_EQ(store::run_path("runs", "a.b"), std::filesystem::path("runs/a.b.h5"));
  for (const char* cell : {"", "/etc/x", "a//b", "../x", "a/../b", "a/."}) {
    EXPECT_NE(message_of([&] { (void)store::run_path("runs", cell); }).find("no path below"),
              std::string::npos)
        << cell;
  }
}

TEST_F(RunDirectory, ListsFilesButNotThoseThatComeAndGo) {
  EXPECT_TRUE(store::files_below(folder_ / "absent").empty());
  for (const char* name : {"b/z.h5", "b/a/x.h5", "a.txt", "checkpoints/b/x.h5", "running/b/x.h5",
                           "b/failed/x.txt", "slurm/today/grid.cfg"}) {
    write_text_file(folder_ / name, "text");
  }
  const auto below = [](const fs::path& folder) {
    std::vector<fs::path> paths;
    for (const FoundFile& file : store::files_below(folder)) {
      paths.push_back(file.path.lexically_relative(folder));
    }
    return paths;
  };
  EXPECT_EQ(below(folder_), (std::vector<fs::path>{"a.txt", "b/a/x.h5", "b/z.h5"}));
  EXPECT_EQ(below(folder_ / "checkpoints"), std::vector<fs::path>{"b/x.h5"});
}

TEST_F(RunDirectory, LinkedRunsAreFoundOnceAndWhatCannotBeReadIsNamed) {
  for (const char* name : {"far/class3/seed0.h5", "runs/class1/seed0.h5", "runs/notes.txt"}) {
    write_text_file(folder_ / name, "text");
  }
  const fs::path runs = folder_ / "runs";
  fs::create_directory_symlink(folder_ / "far/class3", runs / "class3");
  fs::create_directory_symlink("class1", runs / "again");
  fs::create_directory_symlink("..", runs / "class1/up");
  fs::create_directory_symlink("/nowhere", runs / "class4");
  fs::create_symlink("/nowhere.h5", runs / "class2.h5");
  fs::create_symlink("/nowhere.txt", runs / "a.txt");
  std::vector<std::string> found;
  for (const FoundFile& file : store::find_run_files(runs)) {
    found.push_back(file.path.lexically_relative(runs).string() + (file.fault.empty() ? "" : "!"));
  }
  EXPECT_EQ(found, (std::vector<std::string>{"a.txt!", "class1/seed0.h5", "class2.h5!",
                                             "class3/seed0.h5", "class4!"}));
}

TEST_F(RunDirectory, AFolderThatCannotBeReadIsNamed) {
  const fs::path closed = folder_ / "a" / "closed";
  write_text_file(closed / "x.h5", "text");
  fs::permissions(folder_, fs::perms::all);
  fs::permissions(closed, fs::perms::none);
  std::vector<FoundFile> found;
  {
    const AsNobody nobody;
    if (!nobody.active()) {
      GTEST_SKIP() << "root cannot give up its rights here";
    }
    found = store::find_run_files(folder_);
  }
  fs::permissions(closed, fs::perms::owner_all);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, closed);
  EXPECT_EQ(
      found[0].fault,
      "the folder cannot be read: Permission denied; make it readable (chmod u+rx) or move it "
      "away");
}

TEST_F(RunDirectory, FailuresAreKeptUntilCleared) {
  EXPECT_FALSE(store::read_failure(folder_, "a/seed0").has_value());
  EXPECT_TRUE(store::read_failures(folder_).empty());
  store::write_failure(folder_, "a/seed0", "first");
  store::write_failure(folder_, "a/seed0", "loss is not finite");
  store::write_failure(folder_, "a/v1.5", "disk");
  EXPECT_EQ(store::read_failure(folder_, "a/seed0"), "loss is not finite");
  const std::map<std::string, std::string> all = {{"a/seed0", "loss is not finite"},
                                                  {"a/v1.5", "disk"}};
  EXPECT_EQ(store::read_failures(folder_), all);
  store::clear_failure(folder_, "a/seed0");
  store::clear_failure(folder_, "a/seed0");
  EXPECT_FALSE(store::read_failure(folder_, "a/seed0").has_value());
}

TEST_F(RunDirectory, KeepsTheSettings) {
  store::write_grid_configs(folder_ / "runs", {"nce.noise_ratio = 4\n"});
  EXPECT_EQ(read_text_file(folder_ / "runs" / "grid.cfg"), "nce.noise_ratio = 4\n");
}

}  // namespace
}  // namespace cance
