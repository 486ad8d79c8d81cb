// Fused convolutions against torch's operators in float64, by each way they are computed.
#include "nn/fast/fused_conv.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

namespace cance::nn {
namespace {

using at::Tensor;

struct Convolution {
  std::int64_t in, out, kernel, stride, size;
};

/// The largest difference, as a share of the largest value.
double distance(const Tensor& a, const Tensor& exact) {
  return ((a.to(at::kDouble) - exact).abs().max() / exact.abs().max()).item<double>();
}

void expect_exact(const Convolution& c, at::ScalarType type, double most) {
  at::manual_seed(3);
  const std::int64_t padding = c.kernel / 2;
  const auto x =
      at::randn({3, c.in, c.size, c.size}).to(type).contiguous(at::MemoryFormat::ChannelsLast);
  const auto weight = (at::randn({c.out, c.in, c.kernel, c.kernel}) / 8).to(type);
  const auto bias = at::randn({c.out}).to(type);
  const FusedConv conv(weight, bias, c.stride, padding, 3, c.size);
  const auto exact = at::conv2d(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble),
                                c.stride, padding);
  const auto other = at::randn(exact.sizes()).to(type).contiguous(at::MemoryFormat::ChannelsLast);
  EXPECT_LT(distance(conv(x, false), exact), most);
  EXPECT_LT(distance(conv(x, true), exact.relu()), most);
  EXPECT_LT(distance(conv.add_relu(x, other.clone()), (exact + other.to(at::kDouble)).relu()),
            most);
}

TEST(FusedConv, AllSizesOfResNet) {
  const std::vector<Convolution> cases = {
      {3, 64, 7, 2, 64}, {16, 32, 3, 1, 56}, {32, 32, 3, 1, 14}, {32, 48, 3, 1, 7},
      {32, 32, 3, 1, 1}, {16, 32, 3, 2, 14}, {16, 32, 1, 2, 14}, {16, 24, 3, 1, 9}};
  for (const Convolution& c : cases) {
    SCOPED_TRACE(testing::Message() << c.in << " to " << c.out << ", " << c.size << " pixels");
    expect_exact(c, at::kFloat, 1e-5);
  }
}

TEST(FusedConv, MoreTilesThanAtATime) { expect_exact({16, 16, 3, 1, 61}, at::kFloat, 1e-5); }

TEST(FusedConv, SeveralThreads) {
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  expect_exact({16, 32, 3, 1, 30}, at::kFloat, 1e-5);
  at::set_num_threads(before);
}

TEST(FusedConv, OtherPrecisions) {
  expect_exact({16, 32, 3, 1, 14}, at::kDouble, 1e-14);
  expect_exact({16, 32, 3, 1, 14}, at::kBFloat16, 2e-2);
}

}  // namespace
}  // namespace cance::nn
