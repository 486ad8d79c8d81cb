// Sums of a device that never end or meet an error are aborted in time, whatever the thread that
// started them does meanwhile; a transport that stalls stands in for NCCL.
#include <gtest/gtest.h>

#include <atomic>

#include "comm/device_sum.hpp"

namespace cance::comm {
namespace {

using Clock = std::chrono::steady_clock;

/// Its sums end only by `abort`.
class Stalled final : public DeviceSum {
 public:
  void start(void*, std::size_t, Number, void*) override {}
  std::string problem() override { return failed ? "remote process exited" : ""; }
  void abort() noexcept override { ++aborts; }
  std::atomic<bool> failed = false;
  std::atomic<int> aborts = 0;
};

/// What a thread does that waits for the device.
void wait_for_abort(const Stalled& sums, double longest) {
  const auto start = Clock::now();
  while (sums.aborts == 0 &&
         std::chrono::duration<double>(Clock::now() - start).count() < longest) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::string lost(SumWatch& watch) {
  try {
    watch.require_ranks();
    return "";
  } catch (const LostRanks& error) {
    return error.what();
  }
}

TEST(SumWatch, AbortsAfterTheLimit) {
  Stalled sums;
  SumWatch watch(sums, 0.1);
  watch.add([] { return true; });
  watch.add([] { return false; });
  EXPECT_EQ(lost(watch), "");
  wait_for_abort(sums, 10);
  EXPECT_EQ(sums.aborts, 1);
  EXPECT_NE(lost(watch).find("one of them has died or hangs"), std::string::npos) << lost(watch);
}

TEST(SumWatch, HearsOfErrorsLongBefore) {
  Stalled sums;
  SumWatch watch(sums, 1000);
  watch.add([] { return false; });
  sums.failed = true;
  wait_for_abort(sums, 10);
  EXPECT_EQ(sums.aborts, 1);
  EXPECT_NE(lost(watch).find("remote process exited"), std::string::npos) << lost(watch);
}

// An abort returns when no graph holds sums any more, and the thread that has graphs lets them go
// when `require_ranks` tells it.
TEST(SumWatch, TellsOfTheLossBeforeTheAbortReturns) {
  class WithGraphs final : public DeviceSum {
   public:
    void start(void*, std::size_t, Number, void*) override {}
    std::string problem() override { return "remote process exited"; }
    void abort() noexcept override {
      aborting = true;
      aborting.notify_all();
      graphs.wait(true);
    }
    std::atomic<bool> aborting = false, graphs = true;
  };
  WithGraphs sums;
  SumWatch watch(sums, 1000);
  watch.add([] { return false; });
  sums.aborting.wait(false);
  EXPECT_NE(lost(watch), "");
  sums.graphs = false;
  sums.graphs.notify_all();
}

TEST(SumWatch, TheLimitIsThatOfOneSum) {
  Stalled sums;
  SumWatch watch(sums, 0.4);
  for (int i = 0; i < 10; ++i) {  // a second, each a tenth
    const auto end = Clock::now() + std::chrono::milliseconds(100);
    watch.add([end] { return Clock::now() > end; });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(lost(watch), "");
  EXPECT_EQ(sums.aborts, 0);
}

TEST(SumWatch, EndsWithSumsUnderWay) {
  Stalled sums;
  {
    SumWatch watch(sums, 1000);
    watch.add([] { return false; });
  }
  EXPECT_EQ(sums.aborts, 0);
}

}  // namespace
}  // namespace cance::comm
