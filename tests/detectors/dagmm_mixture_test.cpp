// DAGMM's mixture against scikit-learn's GaussianMixture, its parameters by loops, and gradients.
#include "detectors/dagmm_mixture.hpp"

#include <ATen/ops/allclose.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/softmax.h>
#include <gtest/gtest.h>

#include "nn/convert.hpp"
#include "tests/detectors/in_double.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/sklearn_golden.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

using MixtureGolden = tests::SklearnGolden;

TEST_F(MixtureGolden, EnergiesAreNegativeLogDensities) {
  const Tensor covariances =
      at::stack({rows("mixture_covariance_0"), rows("mixture_covariance_1")});
  const Mixture mixture{at::tensor(values("mixture_weights"), at::kDouble), rows("mixture_means"),
                        covariances};
  expect_near(nn::to_doubles(-mixture_energy(rows("test"), mixture)), values("mixture_scores"),
              1e-10);
}

TEST(MixtureTest, ParametersAreWeightedMoments) {
  const Tensor z = normals({7, 2}, 1);
  const Tensor members = at::softmax(normals({7, 3}, 2), 1);
  const Mixture mixture = mixture_of(z, members, 7, {});
  for (std::int64_t k = 0; k < 3; ++k) {
    const Tensor w = members.select(1, k);
    const Tensor mean = at::mv(z.t(), w) / w.sum();
    const Tensor centred = z - mean;
    const Tensor covariance =
        at::mm(centred.t(), centred * w.unsqueeze(1)) / w.sum() + 1e-6 * at::eye(2, at::kDouble);
    EXPECT_NEAR(mixture.weights[k].item<double>(), w.mean().item<double>(), 1e-12);
    EXPECT_TRUE(at::allclose(mixture.means[k], mean, 1e-12, 1e-12));
    EXPECT_TRUE(at::allclose(mixture.covariances[k], covariance, 1e-12, 1e-12));
  }
  double sum = 0;
  for (std::int64_t k = 0; k < 3; ++k) {
    for (std::int64_t j = 0; j < 2; ++j) {
      sum += 1 / mixture.covariances[k][j][j].item<double>();
    }
  }
  EXPECT_NEAR(inverse_variances(mixture).item<double>(), sum, 1e-9 * sum);
}

TEST(MixtureTest, GradientsThroughParametersAndEnergy) {
  const Tensor z = normals({9, 2}, 3).set_requires_grad(true);
  const Tensor logits = normals({9, 2}, 4).set_requires_grad(true);
  tests::expect_gradients({z, logits}, [&] {
    const Mixture mixture = mixture_of(z, at::softmax(logits, 1), 9, {});
    return mixture_energy(z, mixture).mean() + 0.005 * inverse_variances(mixture);
  });
}

}  // namespace
}  // namespace cance::detectors
