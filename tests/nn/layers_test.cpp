// The fused layers against torch's own operators and finite differences.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "nn/adamw.hpp"
#include "nn/batch_norm.hpp"
#include "nn/linear.hpp"
#include "nn/sequence.hpp"

namespace cance::nn {
namespace {

using torch::Tensor;

Tensor normals(torch::IntArrayRef shape, std::uint64_t stream) {
  Tensor t = torch::empty(shape);
  Random(7, Purpose::test, stream)
      .fill_normal(std::span(t.mutable_data_ptr<float>(), static_cast<std::size_t>(t.numel())));
  return t;
}

void expect_near(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.sizes(), b.sizes());
  EXPECT_LE((a - b).abs().max().item<double>(), tolerance * (1 + b.abs().max().item<double>()));
}

struct DenseGradients {
  Tensor y, dx, dweight, dbias;
};

template <class F>
DenseGradients gradients_of(F function, torch::ScalarType type) {
  const auto leaf = [type](const Tensor& t) { return t.to(type).set_requires_grad(true); };
  const Tensor x = leaf(normals({37, 14}, 1));
  const Tensor weight = leaf(normals({21, 14}, 2));
  const Tensor bias = leaf(normals({21}, 3));
  const Tensor y = function(x, weight, bias);
  (y * normals({37, 21}, 4).to(type)).sum().backward();
  return {y.detach(), x.grad(), weight.grad(), bias.grad()};
}

void expect_same_dense(const DenseGradients& a, const DenseGradients& b, double tolerance) {
  expect_near(a.y.to(torch::kFloat64), b.y, tolerance);
  expect_near(a.dx.to(torch::kFloat64), b.dx, tolerance);
  expect_near(a.dweight.to(torch::kFloat64), b.dweight, tolerance);
  expect_near(a.dbias.to(torch::kFloat64), b.dbias, tolerance);
}

TEST(Dense, LinearEqualsTorch) {
  const auto reference = gradients_of(
      [](const auto& x, const auto& w, const auto& b) { return torch::linear(x, w, b); },
      torch::kFloat64);
  expect_same_dense(gradients_of(linear, torch::kFloat32), reference, 2e-6);
  expect_same_dense(gradients_of(linear, torch::kFloat64), reference, 1e-14);
}

TEST(Dense, LinearSiluEqualsTorch) {
  const auto reference =
      gradients_of([](const auto& x, const auto& w,
                      const auto& b) { return torch::silu(torch::linear(x, w, b)); },
                   torch::kFloat64);
  expect_same_dense(gradients_of(linear_silu, torch::kFloat32), reference, 2e-6);
  expect_same_dense(gradients_of(linear_silu, torch::kFloat64), reference, 1e-14);
}

TEST(Dense, SiluIsFiniteFarOut) {
  const Tensor y =
      linear_silu(torch::tensor({{1e4F}, {-1e4F}}), torch::ones({1, 1}), torch::zeros({1}));
  EXPECT_FLOAT_EQ(y[0][0].item<float>(), 1e4F);
  EXPECT_NEAR(y[1][0].item<float>(), 0.0F, 1e-20F);
}

class BatchNormTest : public ::testing::TestWithParam<std::tuple<bool, double>> {};

TEST_P(BatchNormTest, EqualsTorchInValueGradientAndRunningStatistics) {
  const auto [affine, slope] = GetParam();
  BatchNormLeaky ours(5, affine, slope);
  BatchNormLeaky reference(5, affine, slope);
  if (affine) {
    const torch::NoGradGuard no_grad;
    ours.weight.copy_(normals({5}, 11));
    ours.bias.copy_(normals({5}, 12));
    for (auto* t : {&reference.weight, &reference.bias}) {
      *t = (t == &reference.weight ? ours.weight : ours.bias).detach().to(torch::kFloat64);
      t->set_requires_grad(true);
    }
  }
  reference.running_mean = reference.running_mean.to(torch::kFloat64);
  reference.running_variance = reference.running_variance.to(torch::kFloat64);
  const Tensor x = (normals({9, 5, 4, 3}, 13) * 2 + 30).set_requires_grad(true);
  const Tensor wide = x.detach().to(torch::kFloat64).set_requires_grad(true);
  const Tensor g = normals({9, 5, 4, 3}, 14);
  const Tensor y = ours.forward(x, /*training=*/true);
  const Tensor expected = reference.forward(wide, /*training=*/true);
  (y * g).sum().backward();
  (expected * g.to(torch::kFloat64)).sum().backward();
  expect_near(y.to(torch::kFloat64), expected, 2e-5);
  expect_near(x.grad().to(torch::kFloat64), wide.grad(), 2e-5);
  expect_near(ours.running_mean.to(torch::kFloat64), reference.running_mean, 1e-6);
  expect_near(ours.running_variance.to(torch::kFloat64), reference.running_variance, 1e-5);
  if (affine) {
    expect_near(ours.weight.grad().to(torch::kFloat64), reference.weight.grad(), 2e-5);
    expect_near(ours.bias.grad().to(torch::kFloat64), reference.bias.grad(), 2e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, BatchNormTest,
                         ::testing::Combine(::testing::Bool(), ::testing::Values(0.1, 1.0)));

TEST(AdamWTest, FollowsTheClosedFormOfTheFirstSteps) {
  const Tensor p = torch::tensor({1.0, -2.0}, torch::kFloat64).set_requires_grad(true);
  AdamW optimiser({p}, /*rate=*/0.02, /*weight_decay=*/0.1);
  optimiser.scale_rate(0.5);
  (p * torch::tensor({3.0, -0.5}, torch::kFloat64)).sum().backward();
  optimiser.step();
  EXPECT_NEAR(p[0].item<double>(), 1.0 * (1 - 0.01 * 0.1) - 0.01, 1e-9);
  EXPECT_NEAR(p[1].item<double>(), -2.0 * (1 - 0.01 * 0.1) + 0.01, 1e-9);
}

TEST(AdamWTest, MaximizeClimbs) {
  const Tensor p = torch::zeros({1}).set_requires_grad(true);
  AdamW optimiser({p}, /*rate=*/0.5, /*weight_decay=*/0, /*maximize=*/true);
  (p * 2).sum().backward();
  optimiser.step();
  EXPECT_NEAR(p.item<float>(), 0.5F, 1e-5F);
}

TEST(Schedule, WarmsUpThenFallsToTheFinalRate) {
  EXPECT_DOUBLE_EQ(schedule(0, 100, 0.05, 0.01), 0.2);
  EXPECT_DOUBLE_EQ(schedule(4, 100, 0.05, 0.01), 1.0);
  EXPECT_DOUBLE_EQ(schedule(5, 100, 0.05, 0.01), 1.0);
  EXPECT_NEAR(schedule(99, 100, 0.05, 0.01), 0.01, 1e-3);
  EXPECT_LT(schedule(60, 100, 0.05, 0.01), schedule(50, 100, 0.05, 0.01));
}

TEST(SequenceTest, StateIsNamedSavedAndRestored) {
  Sequence net(3);
  net.dense(4, 3, true).norm(3, true, 0.1);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : net.state("net.")) {
    names.push_back(name);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"net.0.weight", "net.0.bias", "net.1.weight", "net.1.bias",
                                      "net.1.running_mean", "net.1.running_variance"}));
  const Tensor x = normals({6, 4}, 21);
  const NamedTensors saved = copy_state(net.state());
  const Tensor before = net.forward(x, /*training=*/false);
  (void)net.forward(x, /*training=*/true);
  EXPECT_GT((net.forward(x, false) - before).abs().max().item<float>(), 1e-3F);
  restore_state(net.state(), saved);
  EXPECT_TRUE(torch::equal(net.forward(x, false), before));
}

TEST(SequenceTest, WeightsDependOnSeedAndPositionAlone) {
  Sequence a(3);
  Sequence b(3);
  Sequence c(4);
  for (auto* net : {&a, &b, &c}) {
    net->dense(4, 3, false).dense(3, 4, false);
  }
  EXPECT_TRUE(torch::equal(a.parameters()[1], b.parameters()[1]));
  EXPECT_FALSE(torch::equal(a.parameters()[0], c.parameters()[0]));
  EXPECT_FALSE(torch::equal(a.parameters()[0].flatten(), a.parameters()[1].flatten()));
}

}  // namespace
}  // namespace cance::nn
