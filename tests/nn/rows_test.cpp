// Rows by their places, those that are on the device already without another copy; passes over rows
// in blocks: scoring ends at a stop between two of them, a validation does not.
#include "nn/rows.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/stop_flag.hpp"
#include "nn/convert.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

TEST(PlacesTest, WhatWasSentIsRead) {
  TensorRows rows(at::arange(10, at::kDouble).view({10, 1}));
  const std::vector<std::int64_t> host{4, 7, 2, 9};
  const Places alone{host};
  const Places both{host, index_view(host)};
  EXPECT_TRUE(at::equal(rows.select(alone), rows.select(both)));
  EXPECT_TRUE(at::equal(rows.select(both.part(1, 2)), rows.select(alone.part(1, 2))));
  EXPECT_EQ(both.part(1, 2).on(at::kCPU).data_ptr(), both.sent[1].data_ptr()) << "no copy";
  EXPECT_TRUE(at::equal(rows.select({host, at::tensor({0}, at::kLong)}), at::zeros({1, 1})));
}

class RowsTest : public testing::Test {
 protected:
  ~RowsTest() override { set_stop_requested(false); }

  /// A stop is asked for in the second block of four.
  void see(const Tensor& block) {
    set_stop_requested(++blocks_ == 2 || stop_requested());
    seen_ += block.size(0);
  }

  TensorRows rows_{at::ones({3 * kBlock + 10, 1})};
  int blocks_ = 0;
  std::int64_t seen_ = 0;
};

TEST_F(RowsTest, AStopEndsAPassBetweenBlocks) {
  const auto f = [this](const Tensor& block, std::int64_t first) {
    EXPECT_EQ(first, seen_);
    see(block);
  };
  EXPECT_THROW(for_blocks(rows_, Team(), f), Stopped);
  EXPECT_EQ(seen_, 2 * kBlock);
}

TEST_F(RowsTest, AStopEndsScoring) {
  const auto f = [this](const Tensor& block) {
    see(block);
    return block;
  };
  EXPECT_THROW((void)map_rows(rows_, Team(), f), Stopped);
  EXPECT_EQ(blocks_, 2);
}

TEST_F(RowsTest, AStopLetsAValidationGoOn) {
  for_blocks_to_the_end(rows_, Team(), [this](const Tensor& block, std::int64_t) { see(block); });
  EXPECT_EQ(seen_, rows_.size());
  EXPECT_TRUE(stop_requested());
}

}  // namespace
}  // namespace cance::nn
