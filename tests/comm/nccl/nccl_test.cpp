// NCCL's communicator waits for no rank beyond the limit: neither when it starts, nor at a sum, nor
// when it ends. The library is a fake that stalls.
#include <gtest/gtest.h>

#include "comm/device_sum.hpp"
#include "tests/comm/nccl/fake_nccl.hpp"

namespace cance::comm {
namespace {

using tests::fake_nccl;

class Nccl : public testing::Test {
 protected:
  void SetUp() override {
    fake_nccl().state = ncclSuccess;
    fake_nccl().sums = fake_nccl().aborts = fake_nccl().destroys = 0;
  }
  std::unique_ptr<DeviceSum> make(double limit) { return make_nccl_sum(alone_, limit); }
  void expect(int sums, int aborts, int destroys) {
    EXPECT_EQ(fake_nccl().sums, sums);
    EXPECT_EQ(fake_nccl().aborts, aborts);
    EXPECT_EQ(fake_nccl().destroys, destroys);
  }
  /// By another thread.
  static void wait_for_abort() {
    while (fake_nccl().aborts == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  Communicator alone_;
  float number_ = 1;
};

TEST_F(Nccl, StartsSumsAndEnds) {
  EXPECT_EQ(why_no_nccl(), "");
  make(10)->start(&number_, 1, Number::float32, nullptr);
  expect(1, 0, 1);
  EXPECT_EQ(fake_nccl().blocking, 0);
}

TEST_F(Nccl, RanksThatDoNotFindEachOther) {
  fake_nccl().state = ncclInProgress;
  EXPECT_THROW((void)make(0.05), LostRanks);
  expect(0, 1, 0);
}

TEST_F(Nccl, ASumThatIsNeverTakenUp) {
  const auto sums = make(0.05);
  fake_nccl().state = ncclInProgress;
  EXPECT_THROW(sums->start(&number_, 1, Number::float32, nullptr), LostRanks);
  EXPECT_THROW(sums->start(&number_, 1, Number::float32, nullptr), LostRanks) << "after the abort";
  EXPECT_EQ(sums->problem(), "");
  wait_for_abort();
  expect(1, 1, 0);
}

TEST_F(Nccl, AStalledSumIsAborted) {
  const auto sums = make(0.05);
  SumWatch watch(*sums, 0.05);
  sums->start(&number_, 1, Number::float32, nullptr);
  watch.add([] { return fake_nccl().aborts > 0; });  // as its kernels end
  wait_for_abort();
  EXPECT_THROW(watch.require_ranks(), LostRanks);
}

TEST_F(Nccl, ARankThatIsLost) {
  const auto sums = make(1000);
  SumWatch watch(*sums, 1000);
  sums->start(&number_, 1, Number::float32, nullptr);
  fake_nccl().state = ncclRemoteError;
  watch.add([] { return false; });
  wait_for_abort();
  EXPECT_THROW(watch.require_ranks(), LostRanks);
}

TEST_F(Nccl, AnExceptionInFlightWaitsForNoRank) {
  EXPECT_THROW(
      {
        const auto sums = make(1000);
        fake_nccl().state = ncclInProgress;
        throw std::runtime_error("something else");
      },
      std::runtime_error);
  expect(0, 1, 0);
}

TEST_F(Nccl, AnEndThatStalls) {
  {
    const auto sums = make(0.05);
    fake_nccl().state = ncclInProgress;
  }
  expect(0, 1, 0);
}

}  // namespace
}  // namespace cance::comm
