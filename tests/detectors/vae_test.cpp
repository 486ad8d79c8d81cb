// The evidence lower bound against closed forms, and its gradients through LSA's networks.
#include <ATen/ops/allclose.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/log.h>
#include <ATen/ops/logdet.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "detectors/shared/lsa_networks.hpp"
#include "detectors/vae_bound.hpp"
#include "tests/detectors/in_double.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/matrix.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

TEST(VaeTest, DivergenceIsTheIntegralOfItsDefinition) {
  const double mean = 0.7;
  const double log_variance = -0.9;
  const Tensor z = at::linspace(-12, 12, 24001, at::kDouble);
  const auto log_density = [&](double centre, double variance) {
    return -(z - centre).square() / (2 * variance) - std::log(2 * std::numbers::pi * variance) / 2;
  };
  const Tensor log_q = log_density(mean, std::exp(log_variance));
  const double integral =
      (at::exp(log_q) * (log_q - log_density(0, 1))).sum().item<double>() * 0.001;
  const Tensor both =
      kl_from_standard(tests::matrix({{mean, 0.0}, {0.0, 0.0}}, at::kDouble),
                       tests::matrix({{log_variance, 0.0}, {0.0, 0.0}}, at::kDouble));
  EXPECT_NEAR(both[0].item<double>(), integral, 1e-9);
  EXPECT_EQ(both[1].item<double>(), 0);
}

/// x = W z + noise of deviation s, columns of W orthogonal, so that the posterior of z is diagonal.
struct LinearGaussian {
  Tensor w = tests::matrix({{1.0, 0.5}, {2.0, -0.5}, {0.0, 1.5}, {-1.0, -0.5}}, at::kDouble);
  double s = 0.6;

  /// -log p(x) of rows (B, 4).
  [[nodiscard]] Tensor nll(const Tensor& x) const {
    const Tensor covariance = w.mm(w.t()) + s * s * at::eye(4, at::kDouble);
    const Tensor distance = (x * at::linalg_solve(covariance, x.t()).t()).sum(1);
    return (distance + at::logdet(covariance) + 4 * std::log(2 * std::numbers::pi)) / 2;
  }
  /// Variances (2) and means (B, 2) of the posterior.
  [[nodiscard]] Tensor variance() const { return 1 / (1 + w.square().sum(0) / (s * s)); }
  [[nodiscard]] Tensor mean(const Tensor& x) const { return x.mm(w) / (s * s) * variance(); }

  /// The negative bound under q; the expectation by four points that have the mean and the
  /// covariance of a standard normal, which is exact where errors are quadratic.
  [[nodiscard]] Tensor negative_bound(const Tensor& x, const Tensor& q_mean,
                                      const Tensor& q_log_variance) const {
    Tensor errors = at::zeros({x.size(0)}, at::kDouble);
    for (const auto& [a, b] :
         {std::pair(1, 0), std::pair(-1, 0), std::pair(0, 1), std::pair(0, -1)}) {
      const Tensor noise = std::numbers::sqrt2 * at::tensor({a, b}, at::kDouble);
      errors += gaussian_nll(x, latent_sample(q_mean, q_log_variance, noise).mm(w.t()), s) / 4;
    }
    return errors + kl_from_standard(q_mean, q_log_variance);
  }
};

TEST(VaeTest, TheBoundOfALinearModelIsItsLikelihoodAtThePosterior) {
  const LinearGaussian model;
  ASSERT_EQ((model.w.select(1, 0) * model.w.select(1, 1)).sum().item<double>(), 0);
  const Tensor x = normals({5, 4}, 1);
  const Tensor mean = model.mean(x);
  const Tensor log_variance = at::log(model.variance()).expand({5, 2});
  EXPECT_TRUE(
      at::allclose(model.negative_bound(x, mean, log_variance), model.nll(x), 1e-12, 1e-12));
}

TEST(VaeTest, ElsewhereTheBoundMissesTheDivergenceFromThePosterior) {
  const LinearGaussian model;
  const Tensor x = normals({5, 4}, 1);
  const Tensor mean = normals({5, 2}, 2);
  const Tensor log_variance = normals({5, 2}, 3);
  const Tensor ratio = log_variance.exp() / model.variance();
  const Tensor divergence =
      ((mean - model.mean(x)).square() / model.variance() + ratio - at::log(ratio) - 1).sum(1) / 2;
  EXPECT_TRUE(at::allclose(model.negative_bound(x, mean, log_variance), model.nll(x) + divergence,
                           1e-12, 1e-12));
}

TEST(VaeTest, GradientsOfTheLoss) {
  auto networks = make_lsa_networks("vae", {4, 6}, {1, 8, 8}, 6, 3, 7, kDouble);
  const Tensor x = at::sigmoid(normals({5, 1, 8, 8}, 4));
  const Tensor noise = normals({5, 3}, 5);
  std::vector<Tensor> parameters = networks.encoder.parameters();
  const auto more = networks.decoder.parameters();
  parameters.insert(parameters.end(), more.begin(), more.end());
  tests::expect_gradients(parameters, [&] {
    const auto code = networks.encoder.train(x).chunk(2, 1);
    const Tensor seen = networks.decoder.train(latent_sample(code[0], code[1], noise));
    return (gaussian_nll(x, seen, 0.7) + kl_from_standard(code[0], code[1])).sum() / 5;
  });
}

}  // namespace
}  // namespace cance::detectors
