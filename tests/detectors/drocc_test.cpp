// DROCC's shell and ascent: every negative within [r, gamma r] of its row, and uphill.
#include <ATen/ops/allclose.h>
#include <ATen/ops/mv.h>
#include <gtest/gtest.h>

#include <cmath>

#include "detectors/detector.hpp"
#include "detectors/drocc_ascent.hpp"
#include "tests/detectors/in_double.hpp"
#include "tests/support/files.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/matrix.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

Tensor norms(const Tensor& h) { return h.flatten(1).norm(2, /*dim=*/1); }

TEST(DroccTest, ProjectionMovesRowsToTheNearestPointOfTheShell) {
  const Tensor h = tests::matrix({{3.0, 4.0}, {0.3, 0.4}, {1.5, 2.0}, {0.0, 0.0}}, at::kDouble);
  const Tensor at = project_to_shell(h, {2, 1.5});
  EXPECT_TRUE(at::allclose(at[0], at::tensor({1.8, 2.4}, at::kDouble)));
  EXPECT_TRUE(at::allclose(at[1], at::tensor({1.2, 1.6}, at::kDouble)));
  EXPECT_TRUE(at::allclose(at[2], h[2]));
  EXPECT_TRUE(at.isfinite().all().item<bool>());
}

TEST(DroccTest, ImagesThatCannotBeHalvedSoOftenAreRefused) {
  config::Config config;
  config.drocc.channels = {8, 4, 2};
  const auto drocc = make_detector("drocc", config);
  drocc->require_usable({1, 8, 8});
  EXPECT_EQ(tests::message_of([&] {
              drocc->require_usable({3, 4, 9});
            }),
            "drocc.channels = 8,4,2 halves images 3 times, the dataset has images of 3x4x9; give "
            "fewer");
}

TEST(DroccTest, EveryNegativeLiesInTheShellOfItsRow) {
  config::DroccOptions options;
  options.ascent_rate = 0.3;
  const Tensor w = normals({12}, 1);
  const auto f = [&](const Tensor& x) { return at::mv(at::tanh(x.flatten(1)), w); };
  for (const int steps : {0, 7, 20}) {
    options.ascent_steps = steps;
    for (const auto& [r, gamma] :
         {std::pair(0.5, 2.0), std::pair(3.0, 1.0), std::pair(20.0, 1.5)}) {
      const Tensor x = normals({40, 3, 2, 2}, 2);
      const Tensor distance =
          norms(shell_negatives(f, x, normals({40, 3, 2, 2}, 3), {r, gamma}, options) - x);
      EXPECT_GE(distance.min().item<double>(), r * (1 - 1e-9));
      EXPECT_LE(distance.max().item<double>(), gamma * r * (1 + 1e-9));
    }
  }
}

TEST(DroccTest, AscentGoesAlongTheGradientAtAFixedLength) {
  config::DroccOptions options;
  options.ascent_steps = 5;  // no projection on the way
  options.ascent_rate = 0.1;
  const Tensor w = at::tensor({0.6, 0.8}, at::kDouble);
  const auto f = [&](const Tensor& x) { return at::mv(x, w); };
  const Tensor x = normals({6, 2}, 4);
  const Tensor noise = normals({6, 2}, 5);
  const Tensor at = shell_negatives(f, x, noise, {1e-6, 1e9}, options);
  EXPECT_TRUE(at::allclose(at, x + noise + 0.5 * w, 1e-9, 1e-9));
}

TEST(DroccTest, AFlatNetworkGivesFinitePoints) {
  config::DroccOptions options;
  const auto f = [&](const Tensor& x) { return (0 * x).sum(1); };
  const Tensor x = normals({6, 2}, 4);
  EXPECT_TRUE(
      shell_negatives(f, x, normals({6, 2}, 5), {1, 2}, options).isfinite().all().item<bool>());
}

TEST(DroccTest, TheLossByHand) {
  const Tensor data = at::tensor({0.0, std::log(3.0)}, at::kDouble);
  const Tensor negative = at::tensor({std::log(2.0)}, at::kDouble);
  const double first = (std::log(2.0) + std::log(4.0 / 3)) / 4;
  EXPECT_NEAR(drocc_loss(data, {}, 0.5, 4).item<double>(), first, 1e-12);
  EXPECT_NEAR(drocc_loss(data, negative, 0.5, 4).item<double>(), first + 0.5 * std::log(3.0) / 4,
              1e-12);
  const Tensor leaf = normals({3}, 6).set_requires_grad(true);
  tests::expect_gradients({leaf}, [&] { return drocc_loss(leaf, 2 * leaf, 0.5, 3); });
}

}  // namespace
}  // namespace cance::detectors
