// Fused convolutions against torch's operators in float64, by each way they are computed.
#include "nn/fused_conv.hpp"

#include <gtest/gtest.h>

namespace cance::nn {
namespace {

using torch::Tensor;

struct Case {
  std::int64_t in, out, kernel, stride, size;
};

/// The largest difference, as a share of the largest value.
double distance(const Tensor& a, const Tensor& exact) {
  return ((a.to(torch::kFloat64) - exact).abs().max() / exact.abs().max()).item<double>();
}

void expect_exact(const Case& c, torch::ScalarType type, double most) {
  torch::manual_seed(3);
  const std::int64_t padding = c.kernel / 2;
  const auto x =
      torch::randn({3, c.in, c.size, c.size}).to(type).contiguous(at::MemoryFormat::ChannelsLast);
  const auto weight = (torch::randn({c.out, c.in, c.kernel, c.kernel}) / 8).to(type);
  const auto bias = torch::randn({c.out}).to(type);
  const FusedConv conv(weight, bias, c.stride, padding, 3, c.size);
  const auto exact = at::conv2d(x.to(torch::kFloat64), weight.to(torch::kFloat64),
                                bias.to(torch::kFloat64), c.stride, padding);
  const auto other =
      torch::randn(exact.sizes()).to(type).contiguous(at::MemoryFormat::ChannelsLast);
  EXPECT_LT(distance(conv(x, false), exact), most);
  EXPECT_LT(distance(conv(x, true), exact.relu()), most);
  EXPECT_LT(distance(conv.add_relu(x, other.clone()), (exact + other.to(torch::kFloat64)).relu()),
            most);
}

TEST(FusedConv, AllSizesOfResNet) {
  const std::vector<Case> cases = {{3, 64, 7, 2, 64},  {16, 32, 3, 1, 56}, {32, 32, 3, 1, 14},
                                   {32, 48, 3, 1, 7},  {32, 32, 3, 1, 1},  {16, 32, 3, 2, 14},
                                   {16, 32, 1, 2, 14}, {16, 24, 3, 1, 9}};
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.in << " to " << c.out << ", " << c.size << " pixels");
    expect_exact(c, torch::kFloat32, 1e-5);
  }
}

TEST(FusedConv, MoreTilesThanAtATime) { expect_exact({16, 16, 3, 1, 61}, torch::kFloat32, 1e-5); }

TEST(FusedConv, SeveralThreads) {
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  expect_exact({16, 32, 3, 1, 30}, torch::kFloat32, 1e-5);
  at::set_num_threads(before);
}

TEST(FusedConv, OtherPrecisions) {
  expect_exact({16, 32, 3, 1, 14}, torch::kFloat64, 1e-14);
  expect_exact({16, 32, 3, 1, 14}, torch::kBFloat16, 2e-2);
}

}  // namespace
}  // namespace cance::nn
