// The time left as a rank tells it: fused cells share the time of one lane.
#include "pipeline/train/cell_watch.hpp"

#include <gtest/gtest.h>

#include "store/running.hpp"
#include "tests/support/folder_test.hpp"

namespace cance::pipeline {
namespace {

class CellWatchTest : public tests::FolderTest {
 protected:
  /// Four cells of 100 s each, all under way: seconds left of the whole, and of each as its record
  /// has it.
  std::pair<double, std::vector<double>> left(std::size_t seats) {
    Plan plan;
    plan.timed = true;
    for (int seed = 0; seed < 4; ++seed) {
      plan.missing.push_back({{"table", "unimodal", {0}, seed}, 0, 100, 0});
    }
    GridOptions options;
    options.runs = folder_;
    options.stop_mark = folder_ / "mark";
    options.show_progress = false;
    CellWatch watch(plan, plan.missing, options, 4, seats, /*leads=*/true, 0);
    for (std::size_t lane = 0; lane < 4; ++lane) {
      watch.begin(lane, plan.missing[lane]);
    }
    for (std::size_t lane = 0; lane < 4; ++lane) {
      watch.report(lane, "autoencoder", 0, {0, 1, 10});
    }
    std::vector<double> each;
    for (const store::RunningCell& record : store::read_running(folder_)) {
      each.push_back(record.seconds_left);
    }
    return {watch.time_left().value_or(-1), each};
  }
};

TEST_F(CellWatchTest, FusedCellsShareTheTimeOfOneLane) {
  for (const auto& [seats, seconds] : {std::pair(1U, 100.0), {2U, 200.0}, {4U, 400.0}}) {
    const auto [all, each] = left(seats);
    EXPECT_NEAR(all, seconds, 1) << seats;
    ASSERT_EQ(each.size(), 4);
    for (const double own : each) {
      EXPECT_NEAR(own, seconds, 1) << seats;
    }
  }
}

}  // namespace
}  // namespace cance::pipeline
