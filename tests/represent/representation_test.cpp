// What stands between the rows and phi: normalisation, mirrored copies, principal components, the
// transform of e and c, and networks for every shape of row.
#include "represent/representation.hpp"

#include <ATen/ops/equal.h>
#include <ATen/ops/linalg_svd.h>
#include <gtest/gtest.h>

#include "nn/convert.hpp"
#include "represent/composite.hpp"
#include "represent/feature_transform.hpp"
#include "represent/normaliser.hpp"
#include "represent/pca.hpp"
#include "represent/row_moments.hpp"
#include "tests/support/files.hpp"
#include "tests/support/matrix.hpp"
#include "tests/support/normals.hpp"

namespace cance::represent {
namespace {

using at::Tensor;

Tensor normals(at::IntArrayRef shape, std::uint64_t stream) {
  return tests::normals(shape, 3, stream);
}

void expect_near(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.sizes(), b.sizes());
  EXPECT_LE((a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>(), tolerance);
}

using tests::message_of;

// --- normalisation

TEST(NormaliserTest, ColumnsHaveMeanZeroAndDeviationOneAndConstantOnesStay) {
  Tensor x = normals({700, 3}, 1) * at::tensor({2.0F, 0.1F, 0.0F}) + 5;
  nn::TensorRows rows(x);
  const Normaliser normaliser("standardise", rows, {}, {});
  const Tensor y = normaliser.apply(x).to(at::kDouble);
  expect_near(y.mean(0), at::zeros({3}), 1e-6);
  expect_near(y.var(0, /*unbiased=*/false), at::tensor({1.0, 1.0, 0.0}), 1e-5);
  expect_near(normaliser.undo(normaliser.apply(x), x), x, 1e-5);
  EXPECT_EQ(normaliser.state()[1].first, "input.scale");
}

TEST(NormaliserTest, CategoriesKeepTheirZeroAndOne) {
  Tensor x = normals({50, 3}, 1) * 4 + 2;
  x.select(1, 1) = at::arange(50).remainder(10) == 0;
  nn::TensorRows rows(x);
  const Normaliser normaliser("standardise", rows, {1}, {});
  const Tensor y = normaliser.apply(x);
  expect_near(y.select(1, 1), x.select(1, 1), 0);
  expect_near(y.select(1, 2).std(/*unbiased=*/false), at::ones({}), 1e-5);
  expect_near(normaliser.undo(y, x), x, 1e-5);
}

TEST(NormaliserTest, ChannelsHaveMeanZeroAndDeviationOne) {
  const Tensor x = normals({60, 3, 4, 4}, 2) * 0.2 + at::tensor({.1F, .4F, .7F}).view({3, 1, 1});
  nn::TensorRows rows(x);
  const Tensor y = Normaliser("channel", rows, {}, {}).apply(x).to(at::kDouble);
  expect_near(y.mean({0, 2, 3}), at::zeros({3}), 1e-6);
  expect_near(y.var({0, 2, 3}, /*unbiased=*/false), at::ones({3}), 1e-5);
}

TEST(NormaliserTest, GcnDividesEachImageByItsMeanAbsoluteDeviation) {
  Tensor x = normals({5, 3, 4, 4}, 3);
  x[4] = 0.25;  // no contrast: stays finite
  nn::TensorRows rows(x);
  const Normaliser normaliser("gcn", rows, {}, {});
  const Tensor y = normaliser.apply(x);
  const Tensor first = x[0] - x[0].mean();
  expect_near(y[0], first / first.abs().mean(), 1e-6);
  expect_near(y[4], at::zeros({3, 4, 4}), 1e-6);
  expect_near(normaliser.undo(y, x), x, 1e-6);
  EXPECT_TRUE(normaliser.state().empty());
  const Tensor taken = normaliser.contrast(x);
  expect_near(taken.select(1, 0), x.mean({1, 2, 3}), 1e-6);
  expect_near(taken[0][1], first.abs().mean().log(), 1e-6);
  EXPECT_NEAR(taken[4][1].item<double>(), std::log(1e-3), 1e-6);
}

TEST(NormaliserTest, UnitGivesAllRowsOneLength) {
  Tensor x = normals({5, 4}, 3);
  x[3] = 0;
  x[4] = 2e20F;  // its square is no float32: far, as it would be by other scales
  nn::TensorRows rows(x);
  const Normaliser normaliser("unit", rows, {}, {});
  const Tensor y = normaliser.apply(x);
  expect_near(y[0], x[0] / x[0].square().mean().sqrt(), 1e-6);
  expect_near(y[3], at::zeros({4}), 0);
  expect_near(y[4], at::full({4}, 2e5), 1);
  expect_near(normaliser.undo(y, x).slice(0, 0, 4), x.slice(0, 0, 4), 1e-6);
  EXPECT_TRUE(normaliser.state().empty());
}

TEST(NormaliserTest, FarValuesAreClampedAndTheirRowsNamed) {
  Tensor x = normals({600, 2}, 1);
  nn::TensorRows train(x);
  const Normaliser normaliser("standardise", train, {}, {});
  Tensor far = normals({600, 2}, 2);
  far[7][0] = 1e20F;
  far[550][1] = -3e38F;
  nn::TensorRows raw(far);
  PreparedRows rows(raw, normaliser, /*flips=*/false);
  const Tensor y = rows.range(0, 600);
  EXPECT_EQ(y[7][0].item<float>(), 1e15F);
  EXPECT_EQ(y[550][1].item<float>(), -1e15F);
  const auto farthest = farthest_values(rows, {});
  ASSERT_EQ(farthest.size(), 600U);
  EXPECT_FLOAT_EQ(static_cast<float>(farthest[7]), 1e15F);
  EXPECT_DOUBLE_EQ(farthest[8], y[8].abs().max().item<double>());
  std::vector<std::int64_t> near;
  for (std::int64_t row = 0; row < 600; ++row) {
    if (farthest[static_cast<std::size_t>(row)] < 1e6) {
      near.push_back(row);
    }
  }
  ASSERT_EQ(near.size(), 598U);
  nn::SelectedRows selected(rows, near);
  EXPECT_EQ(selected.size(), 598);
  expect_near(selected.range(5, 4), at::cat({y.slice(0, 5, 7), y.slice(0, 8, 10)}), 0);
  const std::vector<std::int64_t> chosen{7, 0};
  expect_near(selected.select({chosen}), at::stack({y[8], y[0]}), 0);
}

TEST(PreparedRowsTest, MirroredCopiesFollowTheRows) {
  const Tensor x = normals({6, 1, 2, 3}, 4);
  nn::TensorRows rows(x);
  const Normaliser none("none", rows, {}, {});
  PreparedRows prepared(rows, none, /*flips=*/true);
  ASSERT_EQ(prepared.size(), 12);
  const std::vector<std::int64_t> chosen{7, 2, 1};
  const Tensor y = prepared.select({chosen});
  EXPECT_TRUE(at::equal(prepared.select({chosen, nn::index_view(chosen)}), y));
  EXPECT_TRUE(at::equal(y[0], x[1].flip(2)));
  EXPECT_TRUE(at::equal(y[1], x[2]));
  EXPECT_TRUE(at::equal(y[2], x[1]));
  EXPECT_TRUE(at::equal(prepared.range(6, 6), x.flip(3)));
  auto order = prepared.order(1, 1);
  std::ranges::sort(order);
  EXPECT_EQ(order.size(), 12U);
  EXPECT_EQ(order.back(), 11);
}

// --- principal components

class PcaTest : public testing::Test {
 protected:
  /// Rows of rank 3 in 5 columns.
  static Tensor rows_of_rank_3(std::int64_t n) {
    return at::mm(normals({n, 3}, 5).to(at::kDouble), normals({3, 5}, 6).to(at::kDouble)) + 2;
  }
  static void ignore(const std::string&, const nn::StageProgress&) {}
  static store::Histories train(Pca& pca, const Tensor& x) {
    nn::TensorRows rows(x);
    return pca.train(rows, rows, nullptr, ignore);
  }
  static Tensor of(Pca& pca, const std::string& name) {
    for (const auto& [key, value] : pca.state()) {
      if (key == name) {
        return value;
      }
    }
    return {};
  }
};

TEST_F(PcaTest, ComponentsAreThoseOfTheSingularValueDecomposition) {
  const Tensor x = normals({900, 5}, 7) * at::tensor({5.0F, 4.0F, 3.0F, 2.0F, 1.0F}) + 10;
  Pca pca(3);
  EXPECT_TRUE(train(pca, x).empty());
  const Tensor centred = x.to(at::kDouble) - x.to(at::kDouble).mean(0);
  const auto [u, s, vh] = at::linalg_svd(centred, /*full_matrices=*/false);
  expect_near(of(pca, "pca.variance"), s.square().slice(0, 0, 3) / 899, 1e-9);
  expect_near(of(pca, "pca.components").abs(), vh.slice(0, 0, 3).abs(), 1e-9);
  expect_near(of(pca, "pca.explained"), (s.square().cumsum(0) / s.square().sum()).slice(0, 0, 3),
              1e-12);
  for (std::int64_t k = 0; k < 3; ++k) {
    const Tensor v = of(pca, "pca.components")[k];
    EXPECT_GT(v[v.abs().argmax().item<std::int64_t>()].item<double>(), 0);
  }
}

TEST_F(PcaTest, TheCompositeFeatureIsOfTheReconstruction) {
  const Tensor x = normals({600, 5}, 8) + 1;
  Pca pca(2);
  static_cast<void>(train(pca, x));
  nn::TensorRows rows(x);
  const Tensor phi = pca.composite(rows);
  const Tensor z = at::mm(x.to(at::kDouble) - of(pca, "pca.mean"), of(pca, "pca.components").t());
  const Tensor back = of(pca, "pca.mean") + at::mm(z, of(pca, "pca.components"));
  expect_near(phi, composite_feature(z, x, back), 1e-6);
  expect_near(pca.reconstruct(x), back, 1e-6);
}

TEST_F(PcaTest, AnyNumberOfComponentsUpToTheRank) {
  const Tensor x = rows_of_rank_3(50);
  Pca pca(3);
  static_cast<void>(train(pca, x));
  expect_near(pca.reconstruct(x), x, 1e-9);
  EXPECT_NEAR(of(pca, "pca.explained")[2].item<double>(), 1, 1e-12);
  Pca more(4);
  const auto message = message_of([&] { static_cast<void>(train(more, x)); });
  EXPECT_NE(message.find("only 3 principal components; expected 3 or fewer"), std::string::npos)
      << message;
  Pca of_few_rows(2);
  EXPECT_NE(message_of([&] {
              static_cast<void>(train(of_few_rows, normals({2, 5}, 9)));
            }).find("only 1 principal components"),
            std::string::npos);
}

// --- the transform of e and c

TEST(FeatureTransformTest, HeavyTailsOfEitherTakeTheLogarithm) {
  const auto fitting = [](std::vector<double> e, std::vector<double> c) {
    const auto rows = static_cast<std::int64_t>(e.size());
    Tensor phi = at::zeros({rows, 4}, at::kDouble);
    phi.select(1, 2) = nn::to_tensor(e);
    phi.select(1, 3) = nn::to_tensor(c);
    return fitting_transform(moments_of(phi, {}));
  };
  EXPECT_EQ(fitting({1, 2, 3, 4}, {.1, .2, .3, .4}), "raw");  // deviation 1.3 of mean 2.5
  EXPECT_EQ(fitting({1, 1, 1, 9}, {.1, .2, .3, .4}), "log");  // 4 of 3
  EXPECT_EQ(fitting({1, 2, 3, 4}, {.1, .1, .1, .9}), "log");
  EXPECT_EQ(fitting({1, 1, 1, 9}, {0, 0, 0, 0}), "raw");  // no logarithm of what is 0
}

TEST(FeatureTransformTest, LogarithmsOfEAndCAndNothingElse) {
  const FeatureTransform transform("log", {2.0, 0.5});
  const Tensor phi = tests::matrix({{1.0, -3.0, 0.98, 0.0}, {7.0, 8.0, 0.0, 0.495}}, at::kDouble);
  const Tensor expected = tests::matrix(
      {{1.0, -3.0, 0.0, std::log(0.005)}, {7.0, 8.0, std::log(0.02), std::log(0.5)}}, at::kDouble);
  expect_near(transform.apply(phi), expected, 1e-12);
  EXPECT_DOUBLE_EQ(transform.apply(0, 0.98), 0);
  EXPECT_DOUBLE_EQ(transform.apply(1, 0.495), std::log(0.5));
  EXPECT_TRUE(at::equal(FeatureTransform("raw", {2.0, 0.5}).apply(phi), phi));
  EXPECT_NE(message_of([] {
              FeatureTransform("log", {1.0, 0.0});
            }).find("the mean of c"),
            std::string::npos);
}

// --- networks by shape

config::Config small_config() {
  config::Config config;
  config.autoencoder.latent = 3;
  config.autoencoder.channels = {4, 5};
  config.autoencoder.hidden = {6};
  return config;
}

TEST(NetworksTest, EveryShapeComesBackFromTheLatents) {
  const auto config = small_config();
  for (const Shape& shape :
       {Shape{1, 28, 28}, Shape{3, 32, 32}, Shape{3, 12, 20}, Shape{1, 7, 7}, Shape{9}}) {
    std::vector<std::int64_t> batch{2};
    batch.insert(batch.end(), shape.begin(), shape.end());
    auto network = make_network(config.autoencoder, shape, shape.size() == 3, 1);
    const Tensor x = normals(batch, 10);
    const Tensor z = network.encoder.train(x);
    EXPECT_EQ(z.sizes(), (std::vector<std::int64_t>{2, 3}));
    const Tensor back = network.decoder.train(z);
    EXPECT_EQ(back.sizes(), x.sizes());
    EXPECT_EQ(back.min().item<float>() >= 0 && back.max().item<float>() <= 1, shape.size() == 3);
  }
}

TEST(NetworksTest, WhatCannotWorkIsSaidBeforeTraining) {
  auto config = small_config();
  const auto fault = [&](const Shape& shape) {
    return message_of([&] { require_usable(config, shape); });
  };
  EXPECT_EQ(fault({1, 28, 28}), "no error");
  EXPECT_NE(fault({3, 32, 33}).find("cannot halve images of 3x32x33 2 times"), std::string::npos);
  config.autoencoder.channels = std::vector<int>(6, 4);
  EXPECT_NE(fault({1, 28, 28}).find("cannot halve images of 1x28x28 6 times"), std::string::npos);
  config = small_config();
  config.autoencoder.network = "conv";
  EXPECT_NE(fault({9}).find("autoencoder.network = conv takes images"), std::string::npos);
  config.autoencoder.network = "pca";
  config.input.normalisation = "gcn";
  EXPECT_NE(fault({9}).find("input.normalisation = gcn is for images"), std::string::npos);
  config.input.normalisation = "unit";
  EXPECT_EQ(fault({9}), "no error");
  EXPECT_NE(fault({1, 28, 28}).find("input.normalisation = unit is for rows of numbers"),
            std::string::npos);
  config.input = {"auto", true};
  EXPECT_NE(fault({9}).find("input.flips = on is for images"), std::string::npos);
  config.data.window = 100;
  EXPECT_NE(fault({1, 28, 28}).find("needs all rows in memory"), std::string::npos);
}

}  // namespace
}  // namespace cance::represent
