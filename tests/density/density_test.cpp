// Densities: the noise, the artificial points, and NCE on Gaussians whose log-ratio is known.
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/logaddexp.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "density/augmentation.hpp"
#include "density/nce.hpp"
#include "nn/convert.hpp"
#include "stats/moments.hpp"
#include "stats/truncated_normal.hpp"
#include "tests/support/normals.hpp"

namespace cance::density {
namespace {

using at::Tensor;

Tensor normals(std::int64_t rows, std::int64_t cols, std::uint64_t stream) {
  return tests::normals({rows, cols}, 5, stream);
}

stats::Moments moments_of(const Tensor& rows) {
  const Matrix<float> matrix = nn::to_matrix(rows);
  stats::Moments moments(matrix.cols());
  moments.add_rows(matrix.view());
  return moments;
}

Matrix<double> example_covariance() { return {2, 2, {4.0, 1.2, 1.2, 1.0}}; }

TEST(NoiseTest, SamplesHaveTheirMoments) {
  const Noise q({1.0, -2.0}, example_covariance(), 0.5);
  const Tensor a = at::tensor({2.0F, 1.5F});
  const auto moments = moments_of(q.sample(normals(200'000, 2, 1), a));
  EXPECT_NEAR(moments.mean()[0], 1.0, 0.03);
  EXPECT_NEAR(moments.mean()[1], -2.0, 0.02);
  EXPECT_NEAR(moments.covariance()(0, 0), 4.0 * 2 * 2, 0.15);
  EXPECT_NEAR(moments.covariance()(0, 1), 1.2 * 2 * 1.5, 0.05);
  EXPECT_NEAR(moments.covariance()(1, 1), 1.0 * 1.5 * 1.5, 0.03);
}

TEST(NoiseTest, StudentsTHasItsMomentsAndItsDensity) {
  const int k = 5;
  const Noise q({1.0, -2.0}, example_covariance(), 0.5, {}, k);
  ASSERT_EQ(q.normals(), 2 + k);
  const Tensor a = at::tensor({2.0F, 1.5F});
  const auto moments = moments_of(q.sample(normals(400'000, 2 + k, 1), a));
  const double wider = k / (k - 2.0);
  EXPECT_NEAR(moments.mean()[0], 1.0, 0.03);
  EXPECT_NEAR(moments.covariance()(0, 0), wider * 4.0 * 2 * 2, 0.5);
  EXPECT_NEAR(moments.covariance()(0, 1), wider * 1.2 * 2 * 1.5, 0.2);
  // of two columns: (1 + d / k)^-(k + 2)/2 / (2 pi sqrt(det S)), d the squared Mahalanobis distance
  const Tensor at_one =
      q.log_prob(at::tensor({4.0F, 1.0F, 1.0F, -2.0F}).view({2, 2}), at::ones({2}));
  const double determinant = 4.0 * 1.0 - 1.2 * 1.2;
  const double distance = (3.0 * 3.0 * 1.0 - 2 * 3.0 * 3.0 * 1.2 + 3.0 * 3.0 * 4.0) / determinant;
  const double top = -std::log(2 * std::numbers::pi) - 0.5 * std::log(determinant);
  EXPECT_NEAR(at_one[0].item<double>(), top - 0.5 * (k + 2) * std::log(1 + distance / k), 1e-12);
  EXPECT_NEAR(at_one[1].item<double>(), top, 1e-12);
  const Noise cauchy({0.0}, Matrix<double>(1, 1, {4.0}), 0, {}, 1);  // 1 / (pi s (1 + x^2 / s^2))
  EXPECT_NEAR(cauchy.log_prob(at::full({1, 1}, 6.0), at::ones({1})).item<double>(),
              -std::log(std::numbers::pi * 2 * (1 + 9.0)), 1e-12);
}

TEST(NoiseTest, ScaleNeverFallsBelowOne) {
  Noise q({0.0, 0.0}, example_covariance(), -50);
  EXPECT_GE(q.scale().min().item<float>(), 1.0F);
  EXPECT_NEAR(q.scale()[0].item<float>(), 1.0F, 1e-6F);
}

TEST(NoiseTest, RefusesAConstantColumn) {
  const Matrix<double> flat(2, 2, {1.0, 0.0, 0.0, 0.0});
  EXPECT_THROW(Noise({0.0, 0.0}, flat, 0), Error);
}

TEST(AugmentationTest, ReplacesHalfOfTheRowsWithinTheMode) {
  const Tensor phi = at::cat({normals(4000, 3, 2), at::full({4000, 2}, 9.0F)}, 1);
  const std::vector<double> mean{0, 0, 0, 2.0, 0.5};
  Matrix<double> covariance(5, 5);
  for (std::size_t i = 0; i < 5; ++i) {
    covariance(i, i) = i == 4 ? 0.04 : 1.0;
  }
  const Augmentation augmentation(mean, covariance);
  Tensor mixed = phi.clone();
  augmentation.mix(mixed, 0.5, /*seed=*/1, /*step=*/7);
  EXPECT_TRUE(at::equal(mixed.slice(1, 0, 3), phi.slice(1, 0, 3)));
  const Tensor changed = mixed.select(1, 3) != 9.0F;
  EXPECT_NEAR(changed.to(at::kFloat).mean().item<float>(), 0.5F, 0.03F);
  const Tensor e = mixed.select(1, 3).masked_select(changed);
  const Tensor c = mixed.select(1, 4).masked_select(changed);
  EXPECT_GE(e.min().item<float>(), 0.0F);
  EXPECT_LE(e.max().item<double>(), stats::log_normal_mode(2.0, 1.0) + 1e-6);
  EXPECT_LE(c.max().item<double>(), stats::log_normal_mode(0.5, 0.04) + 1e-6);
  const double high = stats::log_normal_mode(2.0, 1.0) - 2.0;  // N(2, 1) cut to [0, mode]
  const double mass = stats::normal_cdf(high) - stats::normal_cdf(-2.0);
  const double densities = std::exp(-2.0) - std::exp(-0.5 * high * high);
  EXPECT_NEAR(e.mean().item<double>(), 2.0 + densities / (mass * std::sqrt(2.0 * std::numbers::pi)),
              0.03);
  Tensor again = phi.clone();
  augmentation.mix(again, 0.5, 1, 7);
  EXPECT_TRUE(at::equal(again, mixed));
}

Augmentation artificial(const stats::Moments& moments) {
  return {moments.mean(), moments.covariance()};
}

store::History train(NceDensity& density, const Tensor& rows, const Tensor& validation) {
  nn::TensorRows train_rows(rows);
  nn::TensorRows validation_rows(validation);
  return density.train(train_rows, validation_rows, "cance", nullptr,
                       [](const nn::StageProgress&) {});
}

/// Data N(mu, S) against noise N(mu, A S A), or Student's t, with A = I learned from the same
/// moments: scores must be -log p of the data, which is a mixture of two Gaussians here, so that
/// the noise alone is wrong and the network has to supply log p - log q.
TEST(NceTest, RecoversTheLogDensityOfAMixture) {
  const std::int64_t rows = 20'000;
  const Tensor sign = (normals(rows, 1, 3) > 0).to(at::kFloat) * 2 - 1;
  const Tensor data = normals(rows, 2, 4) * 0.6 + at::cat({sign * 1.5, -sign * 0.5}, 1);
  const auto moments = moments_of(data.slice(0, 0, 18'000));
  config::NceOptions options;
  options.hidden = {64, 64};
  options.epochs = 12;
  const Tensor grid = normals(2000, 2, 5) * 0.6 + at::tensor({1.5F, -0.5F});
  const auto log_normal = [](const Tensor& centred) {
    return -centred.square().sum(1) / (2 * 0.36) - std::log(2 * std::numbers::pi * 0.36);
  };
  const Tensor centre = at::tensor({1.5F, -0.5F});
  const Tensor truth =
      at::logaddexp(log_normal(grid - centre), log_normal(grid + centre)) - std::log(2.0);
  for (const int freedom : {0, 10}) {
    options.noise_freedom = freedom;
    NceDensity density(moments.mean(), moments.covariance(), std::nullopt, options, {}, 1);
    const auto history = train(density, data.slice(0, 0, 18'000), data.slice(0, 18'000));
    EXPECT_EQ(history.epoch.size(), 12U);
    const Tensor error = (-density.score(grid)).to(at::kFloat) - truth;
    EXPECT_LT(error.abs().mean().item<float>(), 0.12F) << freedom;
    EXPECT_LT(std::abs(error.mean().item<float>()), 0.06F) << freedom;
  }
}

TEST(NceTest, TheGameAgainstFixedNoiseKeepsTheScaleAtOne) {
  const Tensor data = normals(600, 3, 6).abs();
  const auto moments = moments_of(data);
  config::NceOptions options;
  options.hidden = {16};
  options.epochs = 2;
  for (const std::string mode : {"fixed", "naive", "regularised"}) {
    options.noise = mode;
    NceDensity density(moments.mean(), moments.covariance(), artificial(moments), options, {}, 1);
    (void)train(density, data, data);
    const double moved = (density.scale() - 1).abs().max().item<double>();
    EXPECT_EQ(moved > 0, mode != "fixed") << mode;
    EXPECT_TRUE(at::isfinite(density.score(data)).all().item<bool>());
  }
}

TEST(NceTest, TheSameSeedGivesTheSameBits) {
  const Tensor data = normals(500, 4, 7).abs();
  const auto moments = moments_of(data);
  config::NceOptions options;
  options.hidden = {32, 32};
  options.epochs = 3;
  std::vector<Tensor> scores;
  for (const std::uint64_t seed : {1U, 1U, 2U}) {
    NceDensity density(moments.mean(), moments.covariance(), artificial(moments), options, {},
                       seed);
    (void)train(density, data, data);
    scores.push_back(density.score(data));
  }
  EXPECT_TRUE(at::equal(scores[0], scores[1]));
  EXPECT_FALSE(at::equal(scores[0], scores[2]));
}

}  // namespace
}  // namespace cance::density
