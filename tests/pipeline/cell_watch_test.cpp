// The time left as a rank tells it, and what it says of a stop: fused cells share the time of one
// lane.
#include "pipeline/train/cell_watch.hpp"

#include <gtest/gtest.h>

#include "base/atomic_file.hpp"
#include "store/run_directory.hpp"
#include "store/running.hpp"
#include "tests/support/folder_test.hpp"

namespace cance::pipeline {
namespace {

class CellWatchTest : public tests::FolderTest {
 protected:
  CellWatchTest() {
    log::configure(log::Level::normal, "");
    plan_.timed = true;
    for (int seed = 0; seed < 4; ++seed) {
      plan_.missing.push_back({{"table", "unimodal", {0}, seed}, 0, 100, 0});
    }
    options_.runs = folder_;
    options_.stop_mark = folder_ / "mark";
    options_.show_progress = false;
  }
  /// Of four cells of 100 s each.
  CellWatch make(std::size_t lanes, std::size_t seats) {
    return {plan_, plan_.missing, options_, lanes, seats, /*leads=*/true, 0};
  }
  /// Takes up the first cells, one a lane, with this share of each done.
  void begin(CellWatch& watch, std::size_t lanes, double share = 0) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      watch.begin(lane, plan_.missing[lane]);
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      watch.report(lane, "autoencoder", share, {share, 1, 10});
    }
  }
  Plan plan_;
  GridOptions options_;
};

TEST_F(CellWatchTest, FusedCellsShareTheTimeOfOneLane) {
  for (const auto& [seats, seconds] : {std::pair(1U, 100.0), {2U, 200.0}, {4U, 400.0}}) {
    CellWatch watch = make(4, seats);
    begin(watch, 4);
    EXPECT_NEAR(watch.seconds_left().value_or(-1), seconds, 1) << seats;
    const auto records = store::read_running(folder_);
    ASSERT_EQ(records.size(), 4);
    for (const store::RunningCell& record : records) {
      EXPECT_NEAR(record.seconds_left, seconds, 1) << seats;
    }
  }
}

TEST_F(CellWatchTest, ASeatThatIsThroughTakesItsShareOfTheTimeAlong) {
  plan_.timed = false;  // all is as seen
  plan_.missing.resize(2);
  CellWatch watch = make(2, 2);
  const auto start = std::chrono::steady_clock::now();
  begin(watch, 2);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  watch.report(1, "autoencoder", 0.5, {0.5, 5, 10});
  watch.succeed(0, {});
  EXPECT_GE(watch.end(0), 0.05);
  const auto left = watch.seconds_left();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_NEAR(left.value_or(-1), took.count() / 3, 0.1 * took.count());  // 1.5 of 2 cells are done
}

TEST_F(CellWatchTest, AStoppedCellIsToComeAlsoBeforeItsFirstReport) {
  CellWatch watch = make(1, 1);
  watch.begin(0, plan_.missing[0]);
  testing::internal::CaptureStderr();
  watch.stop(0, "stopped on request");
  (void)watch.end(0);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("; the next run begins it anew"),
            std::string::npos);
  EXPECT_NEAR(watch.seconds_left().value_or(-1), 400, 1);
  EXPECT_TRUE(store::read_running(folder_).empty());
  watch.begin(0, plan_.missing[1]);
  watch.report(0, "autoencoder", 0.5, {0.5, 5, 10});
  write_text_file(store::checkpoint_folder(folder_, plan_.missing[1].cell.name()) / "a.ckpt", "");
  testing::internal::CaptureStderr();
  watch.stop(0, "stopped on request");
  (void)watch.end(0);
  EXPECT_NE(
      testing::internal::GetCapturedStderr().find("; the next run goes on from its checkpoint"),
      std::string::npos);
  EXPECT_NEAR(watch.seconds_left().value_or(-1), 350, 1);
  EXPECT_EQ(store::read_running(folder_).size(), 1);
}

}  // namespace
}  // namespace cance::pipeline
