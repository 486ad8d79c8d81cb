// The run directory: paths of cells, records of failures, the settings of the grid.
#include "store/run_directory.hpp"

#include <gtest/gtest.h>

#include "tests/unit/folder_test.hpp"

namespace cance {
namespace {

using tests::message_of;

class RunDirectory : public tests::FolderTest {};

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
  EXPECT_FALSE(store::read_grid_config(folder_).has_value());
  store::write_grid_config(folder_ / "runs", "nce.noise_ratio = 4\n");
  EXPECT_EQ(store::read_grid_config(folder_ / "runs"), "nce.noise_ratio = 4\n");
}

}  // namespace
}  // namespace cance
