// The list of finished run files: what it knows, and when a line no longer counts.
#include "store/finished_runs.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "base/atomic_file.hpp"
#include "tests/support/folder_test.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

class FinishedRunsTest : public tests::FolderTest {
 protected:
  void SetUp() override {
    tests::FolderTest::SetUp();
    write_text_file(folder_ / "a/x/all/seed0.h5", "some bytes");
    store::note_finished(folder_, kCell, {"settings", "data", 1.5},
                         store::run_state(folder_, kCell));
  }
  void append(const std::string& text) const {
    std::ofstream(folder_ / "running/finished.list", std::ios::app) << text;
  }
  [[nodiscard]] bool knows() const { return store::FinishedRuns(folder_).find(kCell).has_value(); }

  static constexpr const char* kCell = "a/x/all/seed0";
};

TEST_F(FinishedRunsTest, KnowsAFileAsLongAsItStays) {
  const auto run = store::FinishedRuns(folder_).find(kCell);
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->config_hash, "settings");
  EXPECT_EQ(run->dataset_sha256, "data");
  EXPECT_EQ(run->seconds, 1.5);
  EXPECT_FALSE(store::FinishedRuns(folder_).find("a/x/all/seed1").has_value());
  // Other bytes of the same length and with the old time.
  const fs::path file = folder_ / "a/x/all/seed0.h5";
  const auto before = fs::last_write_time(file);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // clocks of file systems tick slowly
  std::fstream(file, std::ios::in | std::ios::out) << "S";
  fs::last_write_time(file, before);
  EXPECT_FALSE(knows());
  store::note_finished(folder_, kCell, {"settings", "data", 2.5}, store::run_state(folder_, kCell));
  EXPECT_TRUE(knows());
  fs::remove(file);
  EXPECT_FALSE(knows());
}

TEST_F(FinishedRunsTest, PassesOverWhatCannotBeParsed) {
  append("no tabs\n\ta\n\nb\t\t\t\t\nhalf a li");
  EXPECT_TRUE(knows());
  store::note_finished(folder_, kCell, {"settings", "data", 1.5},
                       store::run_state(folder_, kCell));  // joins the half line
  EXPECT_TRUE(knows());
  append(std::string("\n") + kCell + "\t1 2 3 4\ts\td\tfast\n");  // the last line of a cell counts
  EXPECT_FALSE(knows());
}

TEST_F(FinishedRunsTest, IsEmptyWhereItIsNoFile) {
  fs::remove(folder_ / "running/finished.list");
  EXPECT_FALSE(knows());
  fs::create_directories(folder_ / "running/finished.list");
  store::note_finished(folder_, kCell, {"settings", "data", 1.5}, store::run_state(folder_, kCell));
  EXPECT_FALSE(knows());
}

}  // namespace
}  // namespace cance
