// DPAD's losses by loops, in parts, and their gradients with the weights held.
#include <gtest/gtest.h>

#include <cmath>

#include "detectors/dpad_loss.hpp"
#include "tests/detectors/in_double.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/matrix.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

TEST(DpadTest, PairsByLoopsAndInParts) {
  const Tensor z = normals({5, 3}, 1);
  const Tensor unit = at::full({}, 2.0, at::kDouble);
  double expected = 0;
  for (std::int64_t i = 0; i < 5; ++i) {
    for (std::int64_t j = 0; j < 5; ++j) {
      const double d = (z[i] - z[j]).square().sum().item<double>() / 2;
      expected += std::exp(-d) * d / 20;
    }
  }
  EXPECT_NEAR(pair_loss(z, z, unit).item<double>(), expected, 1e-12);
  EXPECT_NEAR((pair_loss(z.slice(0, 0, 2), z, unit) + pair_loss(z.slice(0, 2), z, unit) +
               pair_loss(z.slice(0, 5), z, unit))
                  .item<double>(),
              expected, 1e-12);
}

TEST(DpadTest, ManyPairsAreThoseOfAWholeMatrix) {
  const Tensor z = normals({1100, 2}, 4);  // more rows than are taken at a time
  const Tensor d = (z.unsqueeze(1) - z).square().sum(2) / 2;
  EXPECT_NEAR(pair_loss(z, z, at::full({}, 2.0, at::kDouble)).item<double>(),
              ((-d).exp() * d).sum().item<double>() / (1100.0 * 1099), 1e-12);
}

TEST(DpadTest, TheWeightsOfPairsTakeNoGradient) {
  const Tensor z = tests::matrix({{0.0}, {1.0}}, at::kDouble).set_requires_grad(true);
  pair_loss(z, z, at::ones({}, at::kDouble)).backward();
  // 2 pairs of weight exp(-1) over 2: the gradient of exp(-1) (z_1 - z_0)^2 is 2 exp(-1)
  EXPECT_NEAR(z.grad()[1].item<double>(), 2 * std::exp(-1.0), 1e-12);
  EXPECT_NEAR(z.grad()[0].item<double>(), -2 * std::exp(-1.0), 1e-12);
}

TEST(DpadTest, NormsAreHeld) {
  const std::vector<Tensor> weights{normals({3, 2}, 2).set_requires_grad(true),
                                    normals({4}, 3).set_requires_grad(true)};
  Tensor norms = norms_of(weights).detach();
  EXPECT_NEAR(norm_penalty(weights, norms).item<double>(), 0, 1e-15);
  norms = norms * at::tensor({0.5, 2.0}, at::kDouble);
  EXPECT_NEAR(norm_penalty(weights, norms).item<double>(), 1 + 0.25, 1e-12);
  tests::expect_gradients(weights, [&] { return norm_penalty(weights, norms); });
}

}  // namespace
}  // namespace cance::detectors
