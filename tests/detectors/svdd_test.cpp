// The losses, the radius and the centre of Deep SVDD by hand, and the networks' sizes.
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "detectors/shared/contrast_rows.hpp"
#include "detectors/shared/svdd_networks.hpp"
#include "detectors/svdd_loss.hpp"
#include "nn/convert.hpp"
#include "tests/detectors/in_double.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/matrix.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

Tensor numbers(const std::vector<double>& values) { return at::tensor(values, at::kDouble); }

TEST(SvddTest, LossesByHandAndInParts) {
  const Tensor d = numbers({1, 4, 9, 16});
  EXPECT_DOUBLE_EQ(one_class_loss(d, 4).item<double>(), 7.5);
  EXPECT_DOUBLE_EQ(one_class_loss(d.slice(0, 0, 1), 4).item<double>(), 0.25);
  const Tensor radius = numbers({3}).squeeze();  // R^2 = 9: only 16 lies outside, by 7
  EXPECT_DOUBLE_EQ(soft_boundary_loss(d, radius, 0.1, 4).item<double>(), 9 + 70.0 / 4);
  EXPECT_DOUBLE_EQ((soft_boundary_loss(d.slice(0, 0, 1), radius, 0.1, 4) +
                    soft_boundary_loss(d.slice(0, 1, 4), radius, 0.1, 4))
                       .item<double>(),
                   9 + 70.0 / 4);
}

TEST(SvddTest, LabelledAnomaliesPushAway) {
  const Tensor d = numbers({1, 4, 0.5, 2});  // the last two are anomalous
  EXPECT_NEAR(labelled_loss(d, 2, 3, 4).item<double>(), (5 + 3 * (2 + 0.5)) / 4, 1e-5);
  EXPECT_DOUBLE_EQ(labelled_loss(d, 4, 3, 4).item<double>(), 7.5 / 4);
  const Tensor leaf = d.clone().set_requires_grad(true);
  tests::expect_gradients({leaf}, [&] { return labelled_loss(leaf, 2, 3, 4); });
}

TEST(SvddTest, TheRadiusIsAQuantileOfTheDistancesOnceItMoves) {
  const Tensor d = numbers({1, 4, 9, 16, 25});
  Tensor radius = at::zeros({}, at::kDouble);
  move_radius(radius, d, 0.25, at::full({}, false, at::kBool));
  EXPECT_EQ(radius.item<double>(), 0);
  move_radius(radius, d, 0.25, at::full({}, true, at::kBool));
  EXPECT_DOUBLE_EQ(radius.item<double>(), 4);
}

TEST(SvddTest, TheCentreKeepsAwayFromZero) {
  const Tensor outputs =
      tests::matrix({{0.02, -0.3, -0.02, 0.5}, {0.06, -0.5, -0.04, 0.7}}, at::kDouble);
  EXPECT_TRUE(at::allclose(centre_of(outputs), numbers({0.1, -0.4, -0.1, 0.6})));
}

TEST(SvddTest, GradientsOfTheLossesThroughATableNetwork) {
  config::DeepSvddOptions options;
  options.hidden = {5};
  options.latent = 3;
  auto networks = make_svdd_networks("deep_svdd", options, {4}, 7, kDouble);
  const Tensor x = tests::normals({6, 4}, 5, 1).to(at::kDouble);
  const Tensor radius = at::full({}, 0.5, at::kDouble);
  const auto d = [&] { return (networks.encoder.train(x) - 0.3).square().sum(1); };
  tests::expect_gradients(networks.encoder.parameters(), [&] { return one_class_loss(d(), 6); });
  tests::expect_gradients(networks.encoder.parameters(),
                          [&] { return soft_boundary_loss(d(), radius, 0.2, 6); });
}

TEST(SvddTest, PublishedNetworksAndTheirDecoders) {
  config::DeepSvddOptions options;
  for (const auto& [channels, latent, shape, weights] :
       {std::tuple(std::vector<int>{8, 4}, 32, Shape{1, 28, 28}, 8 * 25 + 4 * 8 * 25 + 196 * 32),
        std::tuple(std::vector<int>{32, 64, 128}, 128, Shape{3, 32, 32},
                   32 * 3 * 25 + 64 * 32 * 25 + 128 * 64 * 25 + 2048 * 128)}) {
    options.channels = channels;
    options.latent = latent;
    auto networks = make_svdd_networks("deep_svdd", options, shape, 7, {});
    const Tensor x = at::rand(nn::sizes_of(2, shape));
    const Tensor z = networks.encoder.train(x);
    EXPECT_EQ(z.sizes().vec(), (std::vector<std::int64_t>{2, latent}));
    EXPECT_EQ(networks.decoder.train(z).sizes(), x.sizes());
    std::int64_t all = 0;
    for (const Tensor& parameter : networks.encoder.parameters()) {
      all += parameter.numel();
    }
    EXPECT_EQ(all, weights);
  }
}

TEST(SvddTest, ChannelsSuitTheImagesUnlessGiven) {
  config::DeepSvddOptions options;
  for (const auto& [side, channels] : {std::pair(28, std::vector<int>{8, 4}),
                                       {32, {32, 64, 128}},
                                       {16, {32, 64}},
                                       {8, {32}},
                                       {64, {32, 64, 128, 256}}}) {
    const auto extent = static_cast<std::size_t>(side);
    const Shape shape{1, extent, extent};
    options.channels = {};
    auto suited = make_svdd_networks("dpad", options, shape, 7, {});
    options.channels = channels;
    auto given = make_svdd_networks("dpad", options, shape, 7, {});
    ASSERT_EQ(suited.encoder.parameters().size(), given.encoder.parameters().size());
    for (std::size_t i = 0; i < given.encoder.parameters().size(); ++i) {
      EXPECT_TRUE(suited.encoder.parameters()[i].equal(given.encoder.parameters()[i])) << side;
    }
    auto networks = make_svdd_networks("dpad", options, shape, 7, {});
    const Tensor x = at::rand({2, 1, side, side});
    const Tensor z = networks.encoder.train(x);
    EXPECT_EQ(networks.decoder.train(z).sizes(), x.sizes());
  }
}

TEST(SvddTest, OtherImagesAreRefusedInTheNameOfTheMethod) {
  const auto message = [](std::vector<int> channels, const Shape& shape, int latent) {
    config::DeepSvddOptions options;
    options.channels = std::move(channels);
    options.latent = latent;
    try {
      static_cast<void>(make_svdd_networks("deep_svdd", options, shape, 7, {}));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(
      message({}, {3, 30, 30}, 32),
      "deep_svdd takes squares of side 28 or 8, 16, 32, ..., the dataset has images of 3x30x30; "
      "bring them to one of these sizes");
  EXPECT_NE(message({}, {3, 32, 28}, 32), "");
  EXPECT_NE(message({}, {3, 4, 4}, 32), "");
  EXPECT_NE(
      message({8, 4}, {3, 32, 32}, 32).find("deep_svdd.channels = 8,4, a number for every halving"),
      std::string::npos);
  EXPECT_NE(message({}, {3, 32, 32}, 20).find("deep_svdd.latent = 20: expected a multiple of 16"),
            std::string::npos);
}

TEST(SvddTest, AnEncoderAloneTakesAnyLatent) {
  config::DeepSvddOptions options;
  options.latent = 20;
  nn::Sequence encoder = make_svdd_encoder("dpad", options, {3, 32, 32}, 7, {});
  EXPECT_EQ(encoder.train(at::rand({2, 3, 32, 32})).size(1), 20);
}

TEST(SvddTest, ContrastOfImages) {
  const Tensor x =
      tests::matrix({{0.0, 0.0, 0.0, 1.0}, {0.2, 0.4, 0.2, 0.4}}, at::kDouble).view({2, 1, 2, 2});
  nn::TensorRows rows(x);
  const Contrast contrast(rows, {});
  // The first image: mean .25, mean absolute deviation .375, so -2/3 and 2; the second: -1 and 1.
  EXPECT_TRUE(at::allclose(contrast.scale(), numbers({-1, 3})));
  const Tensor seen = contrast.apply(x).flatten(1);
  EXPECT_TRUE(at::allclose(seen[0], numbers({1. / 9, 1. / 9, 1. / 9, 1})));
  EXPECT_TRUE(at::allclose(seen[1], numbers({0, 2. / 3, 0, 2. / 3})));
  EXPECT_TRUE(at::equal(Contrast().apply(x), x));
}

TEST(SvddTest, FlatImagesAreAlikeWhateverRoundingMakesOfTheirMean) {
  const Tensor greys = (at::arange(256) / 255.0).to(at::kFloat).view({256, 1, 1, 1});
  nn::TensorRows rows(at::rand({64, 1, 28, 28}));
  const Contrast contrast(rows, {});
  const Tensor seen = contrast.apply(greys.expand({256, 1, 28, 28}).contiguous());
  EXPECT_LT((seen - seen[0][0][0][0]).abs().max().item<double>(), 0.02);
}

}  // namespace
}  // namespace cance::detectors
