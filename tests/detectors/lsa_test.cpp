// LSA: what a latent's distribution may depend on, probabilities that sum to 1, the loss's
// gradients, the published networks' sizes.
#include <ATen/ops/allclose.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/log.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "base/error.hpp"
#include "detectors/lsa_estimator.hpp"
#include "detectors/shared/lsa_networks.hpp"
#include "tests/detectors/in_double.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/matrix.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

std::int64_t numbers_of(const std::vector<Tensor>& parameters) {
  std::int64_t all = 0;
  for (const Tensor& parameter : parameters) {
    all += parameter.numel();
  }
  return all;
}

TEST(LsaTest, NoLatentSeesItselfOrALaterOne) {
  for (const std::int64_t latent : {1, 5, 8, 19}) {  // fewer than the parts of a layer, and uneven
    const LatentEstimator estimator(latent, {3, 2}, 4, 7, kDouble);
    const Tensor z = at::sigmoid(normals({1, latent}, 1)).set_requires_grad(true);
    const Tensor logits = estimator.logits(z);
    ASSERT_EQ(logits.sizes().vec(), (std::vector<std::int64_t>{1, latent, 4}));
    Tensor seen = at::zeros({latent, latent}, at::kDouble);
    for (std::int64_t i = 0; i < latent; ++i) {
      for (std::int64_t bin = 0; bin < 4; ++bin) {
        seen[i] +=
            torch::autograd::grad({logits[0][i][bin]}, {z}, {}, /*retain_graph=*/true)[0][0].abs();
      }
    }
    EXPECT_EQ(seen.triu().abs().max().item<double>(), 0) << latent;
    EXPECT_TRUE((seen + at::ones_like(seen).triu() > 0).all().item<bool>())
        << latent << ": an earlier latent is not seen\n"
        << seen;
  }
}

TEST(LsaTest, ProbabilitiesOfAllCodesSumToOne) {
  constexpr std::int64_t kLatent = 3, kBins = 4, kCodes = 64;
  const LatentEstimator estimator(kLatent, {5, 5}, kBins, 7, kDouble);
  std::vector<Tensor> digits;
  const Tensor code = at::arange(kCodes);
  for (const std::int64_t unit : {16, 4, 1}) {
    digits.push_back(code.div(unit, "floor").remainder(kBins));
  }
  const Tensor z = (at::stack(digits, 1).to(at::kDouble) + 0.5) / kBins;
  const Tensor p = at::exp(-latent_nll(estimator.logits(z), z));
  EXPECT_NEAR(p.sum().item<double>(), 1, 1e-12);
  EXPECT_GT(p.std().item<double>(), 1e-4) << "all codes are alike";
}

TEST(LsaTest, TheLikelihoodIsThatOfTheBinsByHand) {
  // Latent 0: chances 1/4 and 3/4; latent 1: 1/10 and 9/10. The ends belong to the outer bins.
  const Tensor logits = at::log(tests::matrix({{0.25, 0.75}, {0.1, 0.9}}, at::kDouble));
  const Tensor z = tests::matrix({{0.1, 0.6}, {0.5, 0.49}, {1.0, 0.0}}, at::kDouble);
  const Tensor expected = -at::log(at::tensor({0.25 * 0.9, 0.75 * 0.1, 0.75 * 0.1}, at::kDouble));
  EXPECT_TRUE(at::allclose(latent_nll(logits.expand({3, 2, 2}), z), expected, 1e-12, 0));
}

TEST(LsaTest, GradientsOfTheLoss) {
  auto networks = make_lsa_networks("lsa", {4, 6}, {2, 8, 8}, 3, 3, 7, kDouble);
  networks.encoder.sigmoid();
  const LatentEstimator estimator(3, {4, 4}, 2, 8,
                                  kDouble);  // wide bins: no latent changes its own
  const Tensor x = at::sigmoid(normals({5, 2, 8, 8}, 2));
  std::vector<Tensor> parameters = networks.encoder.parameters();
  for (const auto& more : {networks.decoder.parameters(), nn::leaves(estimator.state())}) {
    parameters.insert(parameters.end(), more.begin(), more.end());
  }
  tests::expect_gradients(parameters, [&] {
    const Tensor z = networks.encoder.train(x);
    const Tensor difference = networks.decoder.train(z) - x;
    return (difference.square().sum() + latent_nll(estimator.logits(z), z).sum()) / 5;
  });
}

TEST(LsaTest, PublishedNetworks) {
  auto mnist = make_lsa_networks("lsa", {32, 64}, {1, 28, 28}, 64, 64, 7, {});
  auto cifar = make_lsa_networks("lsa", {64, 128, 256}, {3, 32, 32}, 64, 64, 7, {});
  for (auto* networks : {&mnist, &cifar}) {
    const std::int64_t side = networks == &mnist ? 28 : 32;
    const Tensor x = at::rand({2, networks == &mnist ? 1 : 3, side, side});
    const Tensor z = networks->encoder.train(x);
    EXPECT_EQ(z.sizes().vec(), (std::vector<std::int64_t>{2, 64}));
    EXPECT_EQ(networks->decoder.train(z).sizes(), x.sizes());
  }
  // By the layers of the published code, less the biases in front of a batch normalisation.
  EXPECT_EQ(numbers_of(mnist.encoder.parameters()),
            (9 * 32 + 9 * 32 * 32 + 32) + (9 * 32 * 64 + 9 * 64 * 64 + 32 * 64) + 6 * (32 + 64) +
                (3136 * 64 + 2 * 64) + (64 * 64 + 64));
  EXPECT_EQ(numbers_of(mnist.decoder.parameters()),
            (64 * 64 + 2 * 64) + (64 * 3136 + 2 * 3136) + (25 * 64 * 32 + 9 * 32 * 32 + 64 * 32) +
                (25 * 32 * 16 + 9 * 16 * 16 + 32 * 16) + 6 * (32 + 16) + 16);
  EXPECT_EQ(numbers_of(cifar.encoder.parameters()),
            27 * 32 + (2 * 9 * 32 * 32 + 4 * 32) + (9 * 32 * 64 + 9 * 64 * 64 + 32 * 64) +
                (9 * 64 * 128 + 9 * 128 * 128 + 64 * 128) +
                (9 * 128 * 256 + 9 * 256 * 256 + 128 * 256) + 6 * (64 + 128 + 256) +
                (4096 * 256 + 2 * 256) + (256 * 64 + 64));
}

TEST(LsaTest, SaysWhichImagesItTakes) {
  EXPECT_THROW((void)make_lsa_networks("lsa", {32, 64}, {9}, 4, 4, 7, {}), Error);
  EXPECT_THROW((void)make_lsa_networks("lsa", {32, 64, 128}, {1, 28, 28}, 4, 4, 7, {}), Error);
  EXPECT_THROW((void)make_lsa_networks("lsa", {33, 64}, {1, 28, 28}, 4, 4, 7, {}), Error);
}

}  // namespace
}  // namespace cance::detectors
