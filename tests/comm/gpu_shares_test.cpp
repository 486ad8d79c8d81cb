// Ranks and GPUs: who shares one is found by host and bus id, and refused unless it was asked for.
#include "comm/gpu_shares.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace cance::comm
