// The fused layers against torch's own operators and finite differences.
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "nn/adamw.hpp"
#include "nn/batch_norm.hpp"
#include "nn/fast/dense.hpp"
#include "nn/fast/mlp.hpp"
#include "nn/sequence.hpp"
#include "nn/stack.hpp"
#include "tests/support/matrix.hpp"
#include "tests/support/normals.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

Tensor normals(at::IntArrayRef shape, std::uint64_t stream) {
  return tests::normals(shape, 7, stream);
}

void expect_near(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.sizes(), b.sizes());
  if (a.numel() == 0) {
    return;
  }
  EXPECT_LE((a - b).abs().max().item<double>(), tolerance * (1 + b.abs().max().item<double>()));
}

struct MlpCase {
  std::int64_t rows;
  std::vector<std::int64_t> widths;
  bool weights_learn = true, input_learns = true;
};

/// y, then the gradients of x, weights and biases; a zero stands for an undefined one.
std::vector<Tensor> mlp_results(const MlpCase& c, at::ScalarType type) {
  std::uint64_t stream = 0;
  const auto leaf = [&](at::IntArrayRef shape, bool learns) {
    return normals(shape, ++stream).to(type).set_requires_grad(learns);
  };
  const Tensor x = leaf({c.rows, c.widths.front()}, c.input_learns);
  std::vector<Tensor> weights;
  std::vector<Tensor> biases;
  for (std::size_t i = 1; i < c.widths.size(); ++i) {
    weights.push_back(leaf({c.widths[i], c.widths[i - 1]}, c.weights_learn));
    biases.push_back(leaf({c.widths[i]}, c.weights_learn));
  }
  const Tensor y = mlp(x, weights, biases);
  (y * normals(y.sizes(), ++stream).to(type)).sum().backward();
  std::vector<Tensor> results{y.detach()};
  const auto add = [&](const Tensor& t) {
    EXPECT_EQ(t.grad().defined(), t.requires_grad());
    results.push_back(t.grad().defined() ? t.grad() : at::zeros({1}, type));
  };
  add(x);
  std::for_each(weights.begin(), weights.end(), add);
  std::for_each(biases.begin(), biases.end(), add);
  return results;
}

class MlpTest : public ::testing::TestWithParam<MlpCase> {};

TEST_P(MlpTest, FloatEqualsTorchInValueAndGradients) {
  const auto ours = mlp_results(GetParam(), at::kFloat);
  const auto reference = mlp_results(GetParam(), at::kDouble);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    expect_near(ours[i].to(at::kDouble), reference[i], 3e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, MlpTest,
                         ::testing::Values(MlpCase{37, {14, 21}}, MlpCase{300, {14, 21, 33, 1}},
                                           MlpCase{128, {3, 40, 2}},
                                           MlpCase{129, {14, 21, 1}, /*weights_learn=*/false},
                                           MlpCase{129, {14, 21, 1}, true, /*input_learns=*/false},
                                           MlpCase{0, {14, 21, 1}}));

TEST(Mlp, IsTheSameWithoutGradients) {
  const Tensor x = normals({300, 5}, 1);
  const std::vector<Tensor> weights{normals({6, 5}, 2), normals({2, 6}, 3)};
  const std::vector<Tensor> biases{normals({6}, 4), normals({2}, 5)};
  const Tensor y = mlp(x, weights, biases);
  const Tensor tracked = mlp(x.clone().set_requires_grad(true), weights, biases);
  EXPECT_TRUE(y.equal(tracked.detach()));
}

/// y of f(x, weight, bias) and gradients of the three.
std::vector<Tensor> with_gradients(const std::function<Tensor(const std::vector<Tensor>&)>& f,
                                   std::vector<Tensor> leaves, const Tensor& direction) {
  for (Tensor& leaf : leaves) {
    leaf = leaf.detach().clone().set_requires_grad(true);
  }
  std::vector<Tensor> results{f(leaves)};
  (results[0] * direction).sum().backward();
  for (const Tensor& leaf : leaves) {
    results.push_back(leaf.grad());
  }
  return results;
}

TEST(Stacked, LayersAreThoseOfEachModel) {
  constexpr std::int64_t kModels = 3;
  for (const auto type : {at::kFloat, at::kDouble}) {
    const double tolerance = type == at::kFloat ? 3e-6 : 1e-13;
    for (const std::int64_t out : {1, 24}) {
      const std::vector<Tensor> all{normals({kModels, 140, 9}, 1).to(type),
                                    normals({kModels, out, 9}, 2).to(type),
                                    normals({kModels, out}, 3).to(type)};
      const Tensor direction = normals({kModels, 140, out}, 4).to(type);
      const auto by_columns = [](const Tensor& t) { return t.transpose(0, 1).flatten(1); };
      const auto chain =
          with_gradients([](const auto& t) { return mlp(t[0], {t[1]}, {t[2]}); }, all, direction);
      const auto columns =
          with_gradients([](const auto& t) { return dense_of_each(t[0], t[1], t[2]); },
                         {by_columns(all[0]), all[1], all[2]}, by_columns(direction));
      for (std::int64_t k = 0; k < kModels; ++k) {
        const auto one = with_gradients([](const auto& t) { return at::linear(t[0], t[1], t[2]); },
                                        {all[0][k], all[1][k], all[2][k]}, direction[k]);
        for (std::size_t i = 0; i < one.size(); ++i) {
          expect_near(chain[i][k], one[i], tolerance);
          const bool wide = i < 2;  // y and the gradient of x have the models side by side
          const std::int64_t width = one[i].size(-1);
          expect_near(wide ? columns[i].slice(1, k * width, (k + 1) * width) : columns[i][k],
                      one[i], tolerance);
        }
      }
    }
  }
}

TEST(Stacked, ModelsAreViewsWhileItLives) {
  NamedTensors one{{"w", at::full({2, 3}, 1.0).set_requires_grad(true)}, {"s", at::zeros({2})}};
  NamedTensors two{{"w", at::full({2, 3}, 2.0).set_requires_grad(true)}, {"s", at::ones({2})}};
  {
    const Stack stack({one, two});
    EXPECT_TRUE(stack.state()[0].second.requires_grad());
    EXPECT_FALSE(stack.state()[1].second.requires_grad());
    const at::NoGradGuard no_grad;
    Tensor(stack.state()[0].second).mul_(10);
    EXPECT_TRUE(one[0].second.equal(at::full({2, 3}, 10.0)));
    two[1].second.fill_(7);
    EXPECT_TRUE(stack.state()[1].second[1].equal(at::full({2}, 7.0)));
  }
  EXPECT_TRUE(two[0].second.equal(at::full({2, 3}, 20.0)));
  EXPECT_FALSE(one[0].second.is_alias_of(two[0].second));
  EXPECT_TRUE(one[0].second.requires_grad());
}

TEST(Mlp, SiluIsFiniteFarOut) {
  const Tensor one = at::ones({1, 1});
  const Tensor zero = at::zeros({1});
  const Tensor y = mlp(tests::matrix({{1e4}, {-1e4}}, at::kFloat), {one, one}, {zero, zero});
  EXPECT_FLOAT_EQ(y[0][0].item<float>(), 1e4F);
  EXPECT_NEAR(y[1][0].item<float>(), 0.0F, 1e-20F);
}

class BatchNormTest : public ::testing::TestWithParam<std::tuple<bool, double>> {};

TEST_P(BatchNormTest, EqualsTorchInValueGradientAndRunningStatistics) {
  const auto [affine, slope] = GetParam();
  BatchNormLeaky ours(5, affine, slope);
  BatchNormLeaky reference(5, affine, slope);
  if (affine) {
    const at::NoGradGuard no_grad;
    ours.weight.copy_(normals({5}, 11));
    ours.bias.copy_(normals({5}, 12));
    for (auto* t : {&reference.weight, &reference.bias}) {
      *t = (t == &reference.weight ? ours.weight : ours.bias).detach().to(at::kDouble);
      t->set_requires_grad(true);
    }
  }
  reference.running_mean = reference.running_mean.to(at::kDouble);
  reference.running_variance = reference.running_variance.to(at::kDouble);
  const Tensor x = (normals({9, 5, 4, 3}, 13) * 2 + 30).set_requires_grad(true);
  const Tensor wide = x.detach().to(at::kDouble).set_requires_grad(true);
  const Tensor g = normals({9, 5, 4, 3}, 14);
  const Tensor y = ours.forward(x, /*training=*/true);
  const Tensor expected = reference.forward(wide, /*training=*/true);
  (y * g).sum().backward();
  (expected * g.to(at::kDouble)).sum().backward();
  expect_near(y.to(at::kDouble), expected, 2e-5);
  expect_near(x.grad().to(at::kDouble), wide.grad(), 2e-5);
  expect_near(ours.running_mean.to(at::kDouble), reference.running_mean, 1e-6);
  expect_near(ours.running_variance.to(at::kDouble), reference.running_variance, 1e-5);
  if (affine) {
    expect_near(ours.weight.grad().to(at::kDouble), reference.weight.grad(), 2e-5);
    expect_near(ours.bias.grad().to(at::kDouble), reference.bias.grad(), 2e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, BatchNormTest,
                         ::testing::Combine(::testing::Bool(), ::testing::Values(0.1, 1.0)));

TEST(BatchNormOfOneRow, GivesItsBiasAndMovesNoStatistic) {
  for (const auto type : {at::kFloat, at::kDouble}) {
    BatchNormLeaky layer(3, /*affine=*/false, 1.0);
    layer.running_mean = layer.running_mean.to(type);
    layer.running_variance = layer.running_variance.to(type);
    const Tensor x = at::tensor({1.0, -2.0, 30.0}).view({1, 3}).to(type);
    EXPECT_LT(layer.forward(x, /*training=*/true).abs().max().item<double>(), 0.01);
    EXPECT_TRUE(at::equal(layer.running_mean, at::zeros({3}, type)));
    EXPECT_TRUE(at::equal(layer.running_variance, at::ones({3}, type)));
  }
}

TEST(AdamWTest, FollowsTheClosedFormOfTheFirstSteps) {
  const Tensor p = at::tensor({1.0, -2.0}, at::kDouble).set_requires_grad(true);
  AdamW optimiser({p}, /*rate=*/0.02, /*weight_decay=*/0.1);
  optimiser.scale_rate(0.5);
  (p * at::tensor({3.0, -0.5}, at::kDouble)).sum().backward();
  optimiser.step();
  EXPECT_NEAR(p[0].item<double>(), 1.0 * (1 - 0.01 * 0.1) - 0.01, 1e-9);
  EXPECT_NEAR(p[1].item<double>(), -2.0 * (1 - 0.01 * 0.1) + 0.01, 1e-9);
}

TEST(AdamWTest, Beta1IsTheMemoryOfGradients) {
  Tensor p = at::zeros({1}, at::kDouble).set_requires_grad(true);
  AdamW optimiser({p}, /*rate=*/1, /*weight_decay=*/0, /*maximize=*/false, /*beta1=*/0.5);
  for (const double gradient : {2.0, -1.0}) {
    p.mutable_grad() = at::full({1}, gradient, at::kDouble);
    optimiser.step();
  }
  // moments: first .5 * 1 - .5 = 0 after the second step, so only the first moved
  EXPECT_NEAR(p.item<double>(), -1, 1e-6);
}

TEST(Schedule, ATenthForEveryDropThatIsBehind) {
  EXPECT_DOUBLE_EQ(after_drops(0, 10, {30, 60}), 1);
  EXPECT_DOUBLE_EQ(after_drops(2, 10, {30, 60}), 1);
  EXPECT_DOUBLE_EQ(after_drops(3, 10, {30, 60}), 0.1);
  EXPECT_DOUBLE_EQ(after_drops(9, 10, {30, 60}), 0.01);
  EXPECT_DOUBLE_EQ(after_drops(9, 10, {}), 1);
}

TEST(AdamWTest, MaximizeClimbs) {
  const Tensor p = at::zeros({1}).set_requires_grad(true);
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
  const Tensor before = net.forward(x);
  (void)net.train(x);
  EXPECT_GT((net.forward(x) - before).abs().max().item<float>(), 1e-3F);
  restore_state(net.state(), saved);
  EXPECT_TRUE(at::equal(net.forward(x), before));
}

TEST(SequenceTest, WeightsDependOnSeedAndPositionAlone) {
  Sequence a(3);
  Sequence b(3);
  Sequence c(4);
  for (auto* net : {&a, &b, &c}) {
    net->dense(4, 3, false).dense(3, 4, false);
  }
  EXPECT_TRUE(at::equal(a.parameters()[1], b.parameters()[1]));
  EXPECT_FALSE(at::equal(a.parameters()[0], c.parameters()[0]));
  EXPECT_FALSE(at::equal(a.parameters()[0].flatten(), a.parameters()[1].flatten()));
}

}  // namespace
}  // namespace cance::nn
