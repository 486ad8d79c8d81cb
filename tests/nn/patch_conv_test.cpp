// Convolutions by patches in float32 against torch's operators in float64.
#include "nn/fast/patch_conv.hpp"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <gtest/gtest.h>

#include "nn/fast/gate.hpp"
#include "tests/support/normals.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

constexpr std::int64_t kImages = 5;

/// Value of f(x, weight, bias), then the gradients of a random linear function of it.
template <class F>
std::vector<Tensor> results_of(F f, const std::vector<Tensor>& inputs, at::ScalarType type) {
  std::vector<Tensor> leaves;
  for (const Tensor& input : inputs) {
    leaves.push_back(input.detach().clone().to(type).set_requires_grad(true));
  }
  const Tensor y = f(leaves[0], leaves[1], leaves[2]);
  (y * tests::normals(y.sizes(), 11, 9).to(type)).sum().backward();
  std::vector<Tensor> results{y.detach()};
  for (const Tensor& leaf : leaves) {
    results.push_back(leaf.grad());
  }
  return results;
}

void expect_near(const std::vector<Tensor>& found, const std::vector<Tensor>& expected) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].sizes(), expected[i].sizes()) << i;
    EXPECT_LE((found[i].to(at::kDouble) - expected[i]).abs().max().item<double>(),
              3e-6 * (1 + expected[i].abs().max().item<double>()))
        << i;
  }
}

template <class Ours, class Torch>
void expect_same(Ours ours, Torch reference, const std::vector<Tensor>& inputs) {
  expect_near(results_of(ours, inputs, at::kFloat), results_of(reference, inputs, at::kDouble));
}

struct Patches {
  std::int64_t in, out, kernel, stride, padding, extra;
};

class PatchConvTest : public ::testing::TestWithParam<Patches> {
 protected:
  static std::vector<Tensor> inputs(at::IntArrayRef weight, std::int64_t in, std::int64_t out,
                                    at::MemoryFormat format) {
    return {tests::normals({kImages, in, 12, 10}, 11, 1).contiguous(format),
            tests::normals(weight, 11, 2).contiguous(format), tests::normals({out}, 11, 3)};
  }
};

constexpr auto kFormats = {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast};

TEST_P(PatchConvTest, EqualsTorchInValueAndGradients) {
  const Patches c = GetParam();
  for (const auto format : kFormats) {
    expect_same([&](const Tensor& x, const Tensor& w,
                    const Tensor& b) { return patch_conv(x, w, b, c.stride, c.padding); },
                [&](const Tensor& x, const Tensor& w, const Tensor& b) {
                  return at::conv2d(x, w, b, c.stride, c.padding);
                },
                inputs({c.out, c.in, c.kernel, c.kernel}, c.in, c.out, format));
  }
}

TEST_P(PatchConvTest, TheTransposeEqualsTorchInValueAndGradients) {
  const Patches c = GetParam();
  for (const auto format : kFormats) {
    expect_same(
        [&](const Tensor& x, const Tensor& w, const Tensor& b) {
          return patch_conv_transpose(x, w, b, c.stride, c.padding, c.extra);
        },
        [&](const Tensor& x, const Tensor& w, const Tensor& b) {
          return at::conv_transpose2d(x, w, b, c.stride, c.padding, c.extra);
        },
        inputs({c.in, c.out, c.kernel, c.kernel}, c.in, c.out, format));
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, PatchConvTest,
                         ::testing::Values(Patches{1, 6, 4, 2, 1, 0}, Patches{6, 1, 3, 2, 1, 1},
                                           Patches{3, 4, 5, 1, 2, 0}, Patches{4, 3, 3, 1, 0, 0},
                                           Patches{5, 2, 1, 1, 0, 0}, Patches{5, 2, 1, 2, 0, 1},
                                           Patches{70, 9, 5, 2, 2, 1}));

TEST(PatchConv, AGridMayReachBeyondThePlane) {
  const std::vector<Tensor> inputs{tests::normals({kImages, 3, 6, 7}, 11, 4),
                                   tests::normals({4, 3, 3, 5}, 11, 5), tests::normals({4}, 11, 6)};
  expect_same(  // of the rows above alone
      [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return patch_conv(x, w, b, {.top = 3, .left = 2, .rows = 6, .columns = 7});
      },
      [](const Tensor& x, const Tensor& w, const Tensor& b) {
        return at::conv2d(at::constant_pad_nd(x, {2, 2, 3, -1}), w, b);
      },
      inputs);
}

TEST(Gate, EqualsTorchInValueAndGradients) {
  const std::vector<Tensor> inputs{2 * tests::normals({kImages, 6, 4, 3}, 11, 1),
                                   tests::normals({1}, 11, 2), tests::normals({1}, 11, 3)};
  expect_same([](const Tensor& x, const Tensor& a, const Tensor& b) { return gate(x) * a + b; },
              [](const Tensor& x, const Tensor& a, const Tensor& b) {
                return at::tanh(x.slice(1, 0, 3)) * at::sigmoid(x.slice(1, 3)) * a + b;
              },
              inputs);
}

TEST(PatchConv, WithoutABiasAndWithoutGradients) {
  const Tensor x = tests::normals({kImages, 2, 6, 7}, 11, 7),
               w = tests::normals({3, 2, 3, 3}, 11, 8);
  EXPECT_LE((patch_conv(x, w, {}, 1, 1) - at::conv2d(x, w, {}, 1, 1)).abs().max().item<float>(),
            1e-5F);
}

}  // namespace
}  // namespace cance::nn
