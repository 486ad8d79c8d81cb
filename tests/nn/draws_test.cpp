// What a GPU draws, by the code that its compiler sees, is what the host draws.
#include "nn/draws.hpp"

#include <gtest/gtest.h>

#include "nn/cuda/philox_normals.hpp"

namespace cance::nn {
namespace {

TEST(Draws, TheDevicesNormalsAreThoseOfTheHost) {
  const Random random(0x123456789ABCDEFULL, Purpose::noise, (1ULL << 33U) + 5);
  for (const std::int64_t first : {std::int64_t{0}, std::int64_t{1} << 34U}) {
    const at::Tensor host = normals({4096}, random, first);
    for (std::int64_t block = 0; block < 1024; ++block) {
      std::array<float, 4> four{};
      four_normals(static_cast<std::uint64_t>(first / 4 + block), random.key()[0], random.key()[1],
                   random.upper()[0], random.upper()[1], four.data());
      for (std::int64_t i = 0; i < 4; ++i) {
        const float expected = host[4 * block + i].item<float>();
        ASSERT_NEAR(four[static_cast<std::size_t>(i)], expected, 4e-7F * (1 + std::abs(expected)))
            << block << " " << i;
      }
    }
  }
}

TEST(Draws, PlacedOnTheCpu) {
  Compute compute;
  compute.type = at::kDouble;
  const Random random(7, Purpose::noise, 3);
  EXPECT_TRUE(
      at::equal(normals({5, 3}, random, 11, compute), normals({5, 3}, random, 11).to(at::kDouble)));
}

}  // namespace
}  // namespace cance::nn
