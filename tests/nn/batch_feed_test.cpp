// Batches come in order and not too many at a time, whoever makes them, and so does what goes
// wrong.
#include "nn/batch_feed.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "base/error.hpp"
#include "tests/support/files.hpp"

namespace cance::nn {
namespace {

std::vector<at::Tensor> number(std::int64_t step) {
  return {at::full({2}, step, at::kLong), at::full({}, 10 * step, at::kLong)};
}

TEST(BatchFeed, GivesEveryBatchOnceInOrder) {
  for (const std::size_t ahead : {0U, 1U, 5U, 100U}) {
    std::atomic<std::int64_t> made = 0;
    BatchFeed feed([&](std::int64_t step) { return ++made, number(step); }, 3, 23, ahead, at::kCPU);
    for (std::int64_t step = 3; step < 23; ++step) {
      const auto batch = feed.next();
      ASSERT_EQ(batch.size(), 2U);
      EXPECT_EQ(batch[0][1].item<std::int64_t>(), step);
      EXPECT_EQ(batch[1].item<std::int64_t>(), 10 * step);
      EXPECT_LE(made, step - 3 + 2 + static_cast<std::int64_t>(ahead));  // and one in its hands
    }
    EXPECT_EQ(made, 20);
  }
}

TEST(BatchFeed, NoStepsOrNobodyWhoTakesThem) {
  BatchFeed none(number, 4, 4, 3, at::kCPU);
  BatchFeed left(number, 0, 1000, 3, at::kCPU);
  EXPECT_EQ(left.next()[0][0].item<std::int64_t>(), 0);
}

TEST(BatchFeed, AFailureComesBehindTheBatchesBefore) {
  for (const std::size_t ahead : {0U, 2U, 100U}) {
    BatchFeed feed(
        [](std::int64_t step) {
          require(step < 2, "rows of step {} are not there", step);
          return number(step);
        },
        0, 9, ahead, at::kCPU);
    EXPECT_EQ(feed.next()[0][0].item<std::int64_t>(), 0);
    EXPECT_EQ(feed.next()[0][0].item<std::int64_t>(), 1);
    EXPECT_EQ(tests::message_of([&] { (void)feed.next(); }), "rows of step 2 are not there");
  }
}

}  // namespace
}  // namespace cance::nn
