// DAGMM's networks: the two features of a reconstruction on rows by hand, the loss from its
// definition, and the gradients of the whole loss.
#include <ATen/ops/allclose.h>
#include <ATen/ops/cosine_similarity.h>
#include <ATen/ops/det.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/inverse.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/softmax.h>
#include <gtest/gtest.h>

#include <map>
#include <numbers>
#include <numeric>

#include "detectors/dagmm_network.hpp"
#include "stats/summary.hpp"
#include "tests/detectors/in_double.hpp"
#include "tests/support/detector_scores.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/matrix.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr std::int64_t kRows = 6, kColumns = 5;
constexpr std::uint64_t kSeed = 7;

/// Tiny layers, and weights that let every part of the loss count.
config::DagmmOptions tiny() {
  config::DagmmOptions options;
  options.hidden = {3};
  options.latent = 2;
  options.estimation = 4;
  options.components = 2;
  options.dropout = 0.4;
  options.energy_weight = 0.7;
  options.covariance_weight = 0.02;
  return options;
}

Tensor rows_of_numbers() {
  return tests::normals({kRows, kColumns}, 5, 1).to(at::kDouble).contiguous();
}

/// What dropout leaves in step `step` of a batch of all rows, or of those from `first` on.
Tensor kept_in(const DagmmNetwork& network, std::int64_t step, std::int64_t first = 0) {
  std::vector<std::int64_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0);
  return network.dropout({{rows}, {first, kRows - first}, step}, kSeed);
}

std::map<std::string, Tensor> named(const DagmmNetwork& network) {
  std::map<std::string, Tensor> tensors;
  for (const auto& [name, tensor] : network.state()) {
    tensors[name] = tensor.detach();
  }
  return tensors;
}

TEST(DagmmTest, FeaturesOfRowsByHand) {
  config::DagmmOptions options = tiny();
  options.hidden = {};
  options.latent = 1;
  const DagmmNetwork network(options, 2, kSeed, kDouble);
  auto state = named(network);
  // z = x_1 / 4, x' = (3, 0) + z (0, 1)
  state.at("encoder.0.weight").copy_(tests::matrix({{0.25, 0.0}}, at::kDouble));
  state.at("encoder.0.bias").zero_();
  state.at("decoder.0.weight").copy_(tests::matrix({{0.0}, {1.0}}, at::kDouble));
  state.at("decoder.0.bias").copy_(at::tensor({3.0, 0.0}, at::kDouble));

  // (0, 5) -> (3, 0): ||(-3, 5)|| / 5, at right angles. (16, 3) -> (3, 4): ||(13, -1)||, 48 + 12.
  // (-4, 3) -> (3, -1): ||(-7, 4)|| / 5, -12 - 3.
  const Tensor x = tests::matrix({{0.0, 5.0}, {16.0, 3.0}, {-4.0, 3.0}}, at::kDouble);
  const Tensor expected = tests::matrix({{0.0, std::sqrt(34.0) / 5, 0.0},
                                         {4.0, std::sqrt(170.0 / 265), 60 / (std::sqrt(265.0) * 5)},
                                         {-1.0, std::sqrt(65.0) / 5, -15 / (5 * std::sqrt(10.0))}},
                                        at::kDouble);
  EXPECT_TRUE(at::allclose(network.features(x), expected, 1e-12, 1e-12)) << network.features(x);

  // A row that comes back as it was: no error, parallel, and a gradient that is a number.
  const Tensor same = tests::matrix({{3.0, 0.75}}, at::kDouble).set_requires_grad(true);
  const Tensor features = network.features(same);
  EXPECT_NEAR(features[0][1].item<double>(), 0, 1e-6);
  EXPECT_NEAR(features[0][2].item<double>(), 1, 1e-12);
  features.sum().backward();
  EXPECT_TRUE(at::isfinite(same.grad()).all().item<bool>()) << same.grad();
}

TEST(DagmmTest, ARowOfZerosHasAnErrorAmongTheOthers) {
  const DagmmNetwork network(tiny(), kColumns, kSeed, kDouble);
  const Tensor x = at::zeros({1, kColumns}, at::kDouble);
  const double error = network.features(x)[0][2].item<double>();
  const Tensor output = network.reconstruct(x).output;
  EXPECT_NEAR(error, output.square().mean().sqrt().item<double>() / 0.01, 1e-9);
}

TEST(DagmmTest, NoMoreRowsThanFeaturesHaveNoDensity) {
  const DagmmNetwork network(tiny(), kColumns, kSeed, kDouble);
  const Tensor x = rows_of_numbers().slice(0, 0, 4);  // latent + 2
  const Tensor squares = (x - network.reconstruct(x).output).square().sum() / 4;
  EXPECT_DOUBLE_EQ(network.loss(x, {}, 4).item<double>(), squares.item<double>());
}

TEST(DagmmTest, CopiesOfFewRowsHaveALossThatIsANumberInFloat32) {
  config::DagmmOptions options = tiny();
  options.latent = 12;
  const nn::Compute single;
  const DagmmNetwork network(options, kColumns, kSeed, single);
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    const Tensor few = 50 * tests::normals({2, kColumns}, 5, 10 + trial);
    const Tensor x = few.repeat({10, 1}).to(at::kFloat);
    EXPECT_TRUE(std::isfinite(network.loss(x, {}, 20).item<double>())) << trial;
  }
}

TEST(DagmmTest, DropoutIsDrawnByStepAndPlaceInTheBatch) {
  const DagmmNetwork network(tiny(), kColumns, kSeed, kDouble);
  const Tensor kept = kept_in(network, 3);
  // 1 / (1 - dropout) has the digits of float32, as torch divides what is true or false in that.
  EXPECT_TRUE(((kept == 0) | (kept - 1 / 0.6).abs().lt(1e-7)).all().item<bool>()) << kept;
  EXPECT_TRUE((kept == 0).any().item<bool>() && (kept > 0).any().item<bool>()) << kept;
  EXPECT_TRUE(at::equal(kept, kept_in(network, 3)));
  EXPECT_TRUE(at::equal(kept.slice(0, 2), kept_in(network, 3, 2)));  // of another rank
  EXPECT_FALSE(at::equal(kept, kept_in(network, 4)));
}

TEST(DagmmTest, TheLossIsThatOfItsDefinition) {
  const config::DagmmOptions options = tiny();
  const DagmmNetwork network(options, kColumns, kSeed, kDouble);
  const auto state = named(network);
  const auto dense = [&](const Tensor& x, const std::string& layer) {
    return at::matmul(x, state.at(layer + ".weight").t()) + state.at(layer + ".bias");
  };
  const Tensor x = rows_of_numbers();
  const Tensor kept = kept_in(network, 3);
  const Tensor z = dense(at::tanh(dense(x, "encoder.0")), "encoder.2");
  const Tensor output = dense(at::tanh(dense(z, "decoder.0")), "decoder.2");
  const Tensor error = (x - output).norm(2, 1) / x.norm(2, 1);
  const Tensor cosine = at::cosine_similarity(x, output, 1);
  const Tensor features = at::cat({z, error.unsqueeze(1), cosine.unsqueeze(1)}, 1);
  const Tensor hidden = at::tanh(dense(features, "estimation.0")) * kept;
  const Tensor members = at::softmax(dense(hidden, "memberships.0"), 1);

  Tensor density = at::zeros({kRows}, at::kDouble);
  double penalty = 0;
  for (int k = 0; k < options.components; ++k) {
    const Tensor w = members.select(1, k);
    const Tensor mean = at::mv(features.t(), w) / w.sum();
    const Tensor centred = features - mean;
    const Tensor covariance =
        at::mm(centred.t(), centred * w.unsqueeze(1)) / w.sum() + 1e-6 * at::eye(4, at::kDouble);
    const Tensor squares = (at::mm(centred, at::inverse(covariance)) * centred).sum(1);
    const double volume =
        std::pow(2 * std::numbers::pi, 2) * std::sqrt(at::det(covariance).item<double>());
    density += w.mean() * at::exp(-0.5 * squares) / volume;
    penalty += covariance.diagonal().reciprocal().sum().item<double>();
  }
  const double expected = (x - output).square().sum(1).mean().item<double>() -
                          options.energy_weight * density.log().mean().item<double>() +
                          options.covariance_weight * penalty;
  const double actual = network.loss(x, kept, kRows).item<double>();
  EXPECT_NEAR(actual, expected, 1e-9 * std::abs(expected));
  EXPECT_GT(std::abs(network.loss(x, {}, kRows).item<double>() - actual), 1e-6);  // dropout counts
}

TEST(DagmmTest, GradientsOfTheWholeLoss) {
  const DagmmNetwork network(tiny(), kColumns, kSeed, kDouble);
  const Tensor kept = kept_in(network, 3);
  std::vector<Tensor> leaves{rows_of_numbers().set_requires_grad(true)};
  for (const auto& [name, tensor] : network.state()) {
    leaves.push_back(tensor);
  }
  ASSERT_EQ(leaves.size(), 13U);
  tests::expect_gradients(leaves, [&] { return network.loss(leaves[0], kept, kRows); });
}

// Held-out rows spread twice as far as those of training: the two choose differently.
TEST(DagmmTest, Dagmm1IsTheOneUnderWhichHeldOutRowsAreLikeliest) {
  const Tensor train = tests::normals({60, kColumns}, 5, 2),
               x = tests::normals({9, kColumns}, 5, 3);
  const Tensor held_out = 2 * tests::normals({20, kColumns}, 5, 4);
  config::Config config;
  config.dagmm = tiny();
  config.dagmm.training = {16, 6, 0, 1e-2, 0, {}};
  std::map<double, std::vector<double>> scores;  // by mean energy of the held-out rows
  std::map<double, int> of_training;             // number of Gaussians by that of the others
  for (const int components : {1, 2, 3}) {
    config.dagmm.components = components;
    const auto scored = [&](const Tensor& rows) {
      return tests::scores_of("dagmm", config, train, rows, {}, 1, held_out);
    };
    scores[stats::summarise(scored(held_out)).mean] = scored(x);
    of_training[stats::summarise(scored(train)).mean] = components;
  }
  ASSERT_EQ(scores.size(), 3U);
  config.dagmm.components = of_training.begin()->second;
  EXPECT_NE(tests::scores_of("dagmm", config, train, x, {}, 1, held_out), scores.begin()->second);
  for (const auto& order : {std::vector{3, 1, 2}, std::vector{2, 3, 1}}) {
    config.dagmm_1.components = order;
    EXPECT_EQ(tests::scores_of("dagmm_1", config, train, x, {}, 1, held_out),
              scores.begin()->second);
  }
}

}  // namespace
}  // namespace cance::detectors
