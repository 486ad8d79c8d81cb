// What a grid does where cells fail of their device: a device that is lost ends the process and
// fails no cell, a cell that found no memory is tried once more. Parts that fail stand in for a
// GPU.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "base/atomic_file.hpp"
#include "base/log.hpp"
#include "base/stop_flag.hpp"
#include "pipeline/train/grid_job.hpp"
#include "store/run_directory.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/sample_run.hpp"

namespace cance::pipeline {
namespace {

using config::Cell;

class GridTest : public tests::FolderTest {
 protected:
  void SetUp() override {
    store::DatasetInfo info;
    info.name = "table";
    info.class_names = {"a", "b"};
    store::DatasetWriter writer(folder_ / "table.h5", info);
    writer.append_rows("all", std::vector<float>(8, 1.0F), 2, std::array{0, 0, 1, 1});
    writer.commit();
    for (int seed = 0; seed < 4; ++seed) {
      plan_.missing.push_back({{"table", "unimodal", {0}, seed}, 0, 1, 0});
    }
  }

  /// The grid of four cells, each of which `work` does.
  GridResult run(int lanes, const std::function<void(const Cell&)>& work,
                 bool device_answers = true, int fuse = 1) {
    GridParts parts;
    parts.cell = [&](const config::Config&, const Cell& cell, LoadedDataset&,
                     const CellContext& context) {
      context.progress("autoencoder", 0.5, {0.5, 1, 2});
      if (context.compute.seat != nullptr) {
        ++fused_;
      }
      work(cell);
      return tests::sample_run(cell.name(), cell.seed);
    };
    parts.device_answers = [device_answers](at::Device) { return device_answers; };
    int count = 0;
    char** words = nullptr;
    comm::World world(count, words);
    Grid grid({.device = "cpu"}, world);
    log::configure(log::Level::normal);
    testing::internal::CaptureStderr();
    try {
      const GridResult result = grid.run(std::vector<config::Experiment>(1), plan_,
                                         {.data_root = folder_,
                                          .runs = folder_ / "runs",
                                          .stop_mark = folder_ / "mark",
                                          .show_progress = false,
                                          .lanes = lanes,
                                          .fuse = fuse},
                                         parts);
      said_ = testing::internal::GetCapturedStderr();
      return result;
    } catch (...) {
      said_ = testing::internal::GetCapturedStderr();
      throw;
    }
  }

  [[nodiscard]] bool has_failed(const Cell& cell) const {
    return store::read_failure(folder_ / "runs", cell.name()).has_value();
  }
  [[nodiscard]] std::int64_t told(const std::string& text) const {
    std::int64_t count = 0;
    for (std::size_t at = said_.find(text); at != std::string::npos;
         at = said_.find(text, at + 1)) {
      ++count;
    }
    return count;
  }

  Plan plan_;
  std::string said_;
  std::atomic<int> fused_ = 0;  // cells that were trained beside others
};

[[noreturn]] void run_out_of_memory() {
  throw c10::OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.\nstack");
}

TEST_F(GridTest, ALostDeviceEndsTheProcessAndFailsNoCell) {
  for (const int lanes : {1, 3}) {
    try {
      (void)run(
          lanes, [](const Cell&) { throw c10::Error("an illegal memory access\nstack"); },
          /*device_answers=*/false);
      FAIL() << "a grid without a device went on";
    } catch (const ProcessLost& lost) {
      EXPECT_STREQ(lost.what(),
                   "cpu was lost: an illegal memory access; the same command goes on from the "
                   "checkpoints");
    }
    EXPECT_TRUE(std::ranges::none_of(
        plan_.missing, [this](const PlannedCell& planned) { return has_failed(planned.cell); }));
    EXPECT_LE(told("its device was lost; the next run begins it anew"), lanes) << said_;
    EXPECT_GE(told("its device was lost; the next run begins it anew"), 1) << said_;
  }
}

TEST_F(GridTest, AFailureOfADeviceThatAnswersIsTheCells) {
  const GridResult result = run(1, [](const Cell& cell) {
    if (cell.seed == 1) {
      throw c10::Error("shapes differ\nstack");
    }
  });
  EXPECT_EQ(result.done, 3);
  EXPECT_EQ(result.failed, 1);
  EXPECT_TRUE(has_failed(plan_.missing[1].cell));
}

TEST_F(GridTest, ACellWithoutMemoryIsTriedOnceMoreOnALaneFewer) {
  std::map<int, int> tries;
  std::mutex mutex;
  const GridResult result = run(2, [&](const Cell& cell) {
    const std::lock_guard lock(mutex);
    if (++tries[cell.seed] == 1 && cell.seed == 0) {
      run_out_of_memory();
    }
  });
  EXPECT_EQ(result.done, 4);
  EXPECT_EQ(result.failed, 0);
  EXPECT_EQ(tries[0], 2);
  EXPECT_EQ(told("class0/seed0: the device's memory ran out (2 lanes: --lanes is too high); "
                 "the cell is tried once more"),
            1)
      << said_;
}

TEST_F(GridTest, ACellThatFailsOfAKernelBesideOthersIsTriedOnceMoreAlone) {
  std::map<int, int> tries;  // one cell of a lockstep runs at a time
  const GridResult result = run(
      1,
      [&](const Cell& cell) {
        if (++tries[cell.seed] == 1 && cell.seed == 2) {
          throw c10::Error("no engine for this convolution\nstack");
        }
        require(cell.seed != 3, "unusable rows");
      },
      /*device_answers=*/true, /*fuse=*/3);
  EXPECT_EQ(result.done, 3);
  EXPECT_EQ(result.failed, 1);
  EXPECT_EQ(tries, (std::map<int, int>{{0, 1}, {1, 1}, {2, 2}, {3, 1}}));
  EXPECT_EQ(fused_, 3);
  EXPECT_EQ(told("seed2: failed beside its other seeds: internal error: no engine for this "
                 "convolution; the cell "
                 "is tried once more"),
            1)
      << said_;
}

TEST_F(GridTest, TheMarkOfAnotherRankIsSeenWhileACellReportsNothing) {
  const GridResult result = run(1, [this](const Cell&) {
    write_text_file(folder_ / "mark", "stopped");
    for (int i = 0; i < 1000 && !stop_requested(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    throw_if_stop_requested();
  });
  set_stop_requested(false);
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(result.done, 0);
  EXPECT_EQ(told("class0/seed0: stopped on request"), 1) << said_;
}

TEST_F(GridTest, ACellThatNeverFindsMemoryFailsAtTheSecondTime) {
  for (const int lanes : {1, 4}) {
    std::atomic<int> tries = 0;
    const GridResult result = run(lanes, [&](const Cell&) {
      ++tries;
      run_out_of_memory();
    });
    EXPECT_EQ(result.failed, 4) << lanes;
    EXPECT_EQ(tries, 8) << lanes;
    EXPECT_EQ(told("--lanes is too high"), lanes == 1 ? 0 : 8) << said_;
    EXPECT_EQ(told("failed: CUDA out of memory. Tried to allocate 2 GiB."), 4) << said_;
  }
}

}  // namespace
}  // namespace cance::pipeline
