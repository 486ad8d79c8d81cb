// PixelCNN: what a pixel's distribution may depend on, probabilities that sum to 1, likelihoods by
// hand, gradients.
#include <ATen/ops/equal.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/log.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "detectors/pixelcnn_network.hpp"
#include "tests/detectors/in_double.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/matrix.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

PixelCnn network(std::int64_t channels, int levels, int features = 6, int layers = 3) {
  config::PixelCnnOptions options;
  options.levels = levels;
  options.features = features;
  options.layers = layers;
  options.reach = 1;
  return {options, channels, 7, kDouble};
}

Tensor uniforms(at::IntArrayRef shape) {
  return at::sigmoid(tests::normals(shape, 5, 1).to(at::kDouble));
}

/// How much of each input value (columns) the logits of each output (rows) depend on, both row by
/// row, pixel by pixel, channel by channel.
Tensor dependence(const PixelCnn& net, at::IntArrayRef shape) {
  const Tensor x = (2 * uniforms(shape) - 1).set_requires_grad(true);
  const Tensor logits = net.logits(x);
  const Tensor outputs = logits.reshape({-1, logits.size(4)});
  std::vector<Tensor> rows;
  for (std::int64_t i = 0; i < outputs.size(0); ++i) {
    Tensor seen = at::zeros_like(x);
    for (std::int64_t level = 0; level < outputs.size(1); ++level) {
      seen += torch::autograd::grad({outputs[i][level]}, {x}, {}, /*retain_graph=*/true)[0].abs();
    }
    rows.push_back(seen.permute({0, 2, 3, 1}).reshape({-1}));
  }
  return at::stack(rows);
}

TEST(PixelCnnTest, NoPixelSeesItselfOrALaterOneAndAllSeeTheEarlierOnes) {
  for (const std::int64_t channels : {1, 3}) {
    for (const auto& [height, width] : {std::pair(4, 3), std::pair(3, 4)}) {
      const Tensor seen = dependence(network(channels, 3, 6, 5), {1, channels, height, width});
      EXPECT_EQ(seen.triu().abs().max().item<double>(), 0) << channels << " channels";
      EXPECT_TRUE((seen + at::ones_like(seen).triu() > 0).all().item<bool>())
          << channels << " channels: an earlier pixel is not seen\n"
          << seen;
    }
  }
}

TEST(PixelCnnTest, OneLayerSeesWhatItReaches) {
  const Tensor seen = dependence(network(1, 3, 6, 1), {1, 1, 4, 5});
  const Tensor of_pixel = seen[2 * 5 + 2].view({4, 5}) > 0;  // row 2, column 2
  const Tensor expected = tests::matrix(
      {{0, 1, 1, 1, 0}, {0, 1, 1, 1, 0}, {0, 1, 0, 0, 0}, {0, 0, 0, 0, 0}}, at::kBool);
  EXPECT_TRUE(at::equal(of_pixel, expected)) << of_pixel;
}

TEST(PixelCnnTest, ProbabilitiesOfAllImagesSumToOne) {
  for (const auto& [channels, levels] : {std::pair(1, 4), std::pair(2, 2)}) {
    const std::int64_t numbers = channels * 4;
    const auto images = static_cast<std::int64_t>(std::llround(std::pow(levels, numbers)));
    std::vector<Tensor> digits;
    std::int64_t unit = 1;
    for (std::int64_t i = 0; i < numbers; ++i, unit *= levels) {
      digits.push_back(at::arange(images).div(unit, "floor").remainder(levels));
    }
    const Tensor x =
        at::stack(digits, 1).to(at::kDouble).view({images, channels, 2, 2}) / (levels - 1);
    const Tensor p = at::exp(-network(channels, levels).nll(x));
    EXPECT_NEAR(p.sum().item<double>(), 1, 1e-12);
    EXPECT_GT((p * images).std().item<double>(), 0.1) << "all images are alike";
  }
}

TEST(PixelCnnTest, WithoutWeightsPixelsAreIndependentDraws) {
  const PixelCnn net = network(1, 2);
  {
    const at::NoGradGuard no_grad;
    for (const auto& [name, tensor] : net.state()) {
      if (name == "last.weight") {
        tensor.detach().zero_();
      } else if (name == "last.bias") {
        tensor.detach().copy_(at::log(at::tensor({0.2, 0.8}, at::kDouble)));
      }
    }
  }
  const Tensor x = at::tensor({0.0, 1.0, 1.0, 1.0, 0.0, 0.0}, at::kDouble);
  EXPECT_NEAR(net.nll(x.view({1, 1, 2, 3})).item<double>(), -3 * std::log(0.2) - 3 * std::log(0.8),
              1e-12);
}

TEST(PixelCnnTest, LevelsAreEqualSharesOfEightBits) {
  const Tensor value = at::arange(256);
  const Tensor x = (value.to(at::kFloat) / 255).view({1, 1, 16, 16});
  EXPECT_TRUE(at::equal(network(1, 256).levels(x).flatten(), value));
  EXPECT_TRUE(at::equal(network(1, 4).levels(x).flatten(), value.div(64, "floor")));
}

TEST(PixelCnnTest, GradientsOfTheLoss) {
  for (const std::int64_t channels : {1, 2}) {
    const PixelCnn net = network(channels, 3, 4, 2);
    const Tensor x = uniforms({3, channels, 3, 4});
    tests::expect_gradients(nn::leaves(net.state()), [&] { return net.nll(x).sum() / 3; });
  }
}

}  // namespace
}  // namespace cance::detectors
