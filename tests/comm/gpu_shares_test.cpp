// Ranks and GPUs: who shares one is found by host and bus id, and refused unless it was asked for.
#include "comm/gpu_shares.hpp"

#include <gtest/gtest.h>

#include "comm/device_sum.hpp"
#include "tests/support/files.hpp"

namespace cance::comm {
namespace {

using tests::message_of;

std::string fault(const std::vector<GpuPlace>& places, int ranks_per_gpu) {
  return message_of([&] { require_gpu_shares(places, ranks_per_gpu); });
}

TEST(GpuShares, EachRankItsOwn) {
  const std::vector<GpuPlace> places{{"a", "1b"}, {"a", "1c"}, {"b", "1b"}};
  EXPECT_EQ(fault(places, 1), "no error");
  EXPECT_FALSE(share_a_gpu(places));
  EXPECT_EQ(fault({{"a", ""}, {"a", ""}}, 1), "no error") << "the CPU has room for all";
  EXPECT_FALSE(share_a_gpu(std::vector<GpuPlace>{{"a", ""}, {"a", ""}}));
}

TEST(GpuShares, TwoOnOne) {
  const std::vector<GpuPlace> places{{"a", "1b"}, {"b", "1b"}, {"a", "1b"}};
  const std::string text = fault(places, 1);
  EXPECT_NE(text.find("ranks 0, 2 share GPU 1b of a"), std::string::npos) << text;
  EXPECT_NE(text.find("--ranks-per-gpu 2"), std::string::npos) << text;
  EXPECT_EQ(fault(places, 2), "no error");
  EXPECT_TRUE(share_a_gpu(places));
  EXPECT_FALSE(share_a_gpu(std::span(places).first(2)));
}

TEST(GpuShares, SomeWithout) {
  const std::string text = fault({{"a", "1b"}, {"b", ""}}, 1);
  EXPECT_NE(text.find("rank 1 on b has no GPU"), std::string::npos) << text;
}

TEST(GpuShares, GatheredAlone) {
  const auto self = std::make_unique<Communicator>();
  EXPECT_EQ(gather_places(*self, {"host", "0000:1b:00.0"}),
            (std::vector<GpuPlace>{{"host", "0000:1b:00.0"}}));
  EXPECT_EQ(gather_places(*self, {"host", ""}), (std::vector<GpuPlace>{{"host", ""}}));
}

/// Sums that never end, or fail at the third look.
class Stuck final : public DeviceSum {
 public:
  explicit Stuck(int fails_at) : fails_at_(fails_at) {}
  void start(void*, std::size_t, Number, void*) override {}
  void check() override {
    if (++looks_ == fails_at_) {
      throw LostRanks("lost");
    }
  }
  void abort() noexcept override { aborted = true; }
  bool aborted = false;

 private:
  int fails_at_, looks_ = 0;
};

TEST(DeviceWait, EndsWithTheDevice) {
  Stuck sums(-1);
  int looks = 0;
  wait_for_device(
      sums, [&] { return ++looks > 3; }, 10);
  EXPECT_EQ(looks, 4);
  EXPECT_FALSE(sums.aborted);
}

TEST(DeviceWait, GivesUpAfterTheLimit) {
  Stuck sums(-1);
  EXPECT_THROW(wait_for_device(
                   sums, [] { return false; }, 0.05),
               LostRanks);
  EXPECT_TRUE(sums.aborted) << "NCCL's kernels would hold the device for ever";
}

TEST(DeviceWait, HearsOfErrorsMeanwhile) {
  Stuck sums(3);
  EXPECT_THROW(wait_for_device(
                   sums, [] { return false; }, 10),
               LostRanks);
}

}  // namespace
}  // namespace cance::comm
