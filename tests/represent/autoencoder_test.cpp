// The autoencoder: what two-stage training keeps and leaves alone, the composite feature.
#include "represent/autoencoder.hpp"

#include <ATen/ops/cov.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/mse_loss.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "nn/convert.hpp"
#include "represent/composite.hpp"
#include "tests/support/normals.hpp"

namespace cance::represent {
namespace {

using at::Tensor;

void expect_near(const Tensor& a, const Tensor& b) {
  ASSERT_EQ(a.sizes(), b.sizes());
  EXPECT_LE((a.to(at::kDouble) - b).abs().max().item<double>(),
            3e-6 * (1 + b.abs().max().item<double>()));
}

/// Blobs of two correlated shape parameters and a brightness, (rows, 1, 28, 28) in 0..1.
Tensor blobs(std::int64_t rows, std::uint64_t stream) {
  const Tensor u = tests::normals({rows, 3}, 11, stream).unsqueeze(2).unsqueeze(3);
  const Tensor grid = at::arange(28, at::kFloat) - 13.5;
  const Tensor dx = grid.view({1, 1, 28}) - 3 * u.select(1, 0);
  const Tensor dy = grid.view({1, 28, 1}) - 3 * (0.8 * u.select(1, 0) + 0.6 * u.select(1, 1));
  const Tensor light = at::sigmoid(u.select(1, 2));
  return (light * at::exp(-(dx.square() + dy.square()) / 30)).unsqueeze(1);
}

const Shape kImage{1, 28, 28};

config::AutoencoderOptions tiny_options() {
  config::AutoencoderOptions options;
  options.latent = 4;
  options.batch = 32;
  options.epochs = 6;
  options.decoder_epochs = 3;
  return options;
}

void ignore(const std::string&, const nn::StageProgress&) {}

struct Trained {
  std::unique_ptr<Autoencoder> owner;
  store::Histories histories;
  Autoencoder& autoencoder = *owner;
};

class AutoencoderTest : public testing::Test {
 protected:
  static Trained train(const config::AutoencoderOptions& options, std::uint64_t seed = 5) {
    Trained trained{
        std::make_unique<Autoencoder>(options, config::ScheduleOptions{}, kImage, true, seed), {}};
    nn::TensorRows train(train_x());
    nn::TensorRows validation(validation_x());
    trained.histories = trained.autoencoder.train(train, validation, nullptr, ignore);
    return trained;
  }
  static const Tensor& train_x() {
    static const Tensor x = blobs(192, 21);
    return x;
  }
  static const Tensor& validation_x() {
    static const Tensor x = blobs(48, 22);
    return x;
  }
  /// Tensors on which two states differ, and how many there are.
  static std::vector<std::string> differing(const nn::NamedTensors& a, const nn::NamedTensors& b) {
    EXPECT_EQ(a.size(), b.size());
    std::vector<std::string> names;
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].first, b[i].first);
      if (!at::equal(a[i].second, b[i].second)) {
        names.push_back(a[i].first);
      }
    }
    return names;
  }
  static Tensor composite(Autoencoder& autoencoder, const Tensor& x) {
    nn::TensorRows rows(x);
    return autoencoder.composite(rows);
  }
  static double mean_square_error(Autoencoder& autoencoder, const Tensor& x) {
    return at::mse_loss(autoencoder.reconstruct(x), x).item<double>();
  }
  static Tensor latents(Autoencoder& autoencoder, const Tensor& x, int latent) {
    return composite(autoencoder, x).narrow(1, 0, latent).to(at::kDouble);
  }
};

TEST_F(AutoencoderTest, TheSameSeedGivesTheSameBitsAndAnotherOneDoesNot) {
  Trained a = train(tiny_options());
  Trained b = train(tiny_options());
  EXPECT_TRUE(differing(a.autoencoder.state(), b.autoencoder.state()).empty());
  EXPECT_TRUE(at::equal(composite(a.autoencoder, validation_x()),
                        composite(b.autoencoder, validation_x())));
  EXPECT_EQ(a.histories[0].second.train_loss, b.histories[0].second.train_loss);
  Trained other = train(tiny_options(), 6);
  EXPECT_FALSE(differing(a.autoencoder.state(), other.autoencoder.state()).empty());
}

TEST_F(AutoencoderTest, TrainingLowersTheError) {
  Autoencoder untrained(tiny_options(), {}, kImage, /*unit_range=*/true, 5);
  Trained trained = train(tiny_options());
  EXPECT_LT(mean_square_error(trained.autoencoder, validation_x()),
            0.5 * mean_square_error(untrained, validation_x()));
}

TEST_F(AutoencoderTest, TheWeightsOfTheLowestValidationLossAreKept) {
  auto options = tiny_options();
  options.covariance_weight = 0;  // the loss is then the error, which can be computed from outside
  options.learning_rate = 0.1;    // high: the last epoch is not the best one
  options.epochs = 8;
  options.decoder_epochs = 0;
  Trained trained = train(options);
  ASSERT_EQ(trained.histories.size(), 1U);
  const store::History& history = trained.histories[0].second;
  ASSERT_EQ(history.epoch.size(), 8U);
  const double lowest = *std::ranges::min_element(history.validation_loss);
  EXPECT_LT(lowest, 0.999 * history.validation_loss.back()) << "this test needs a worse last epoch";
  EXPECT_NEAR(mean_square_error(trained.autoencoder, validation_x()), lowest, 1e-6 * lowest);
}

TEST_F(AutoencoderTest, TheDecoderStageStartsFromWhatItGetsAndKeepsItsBest) {
  auto options = tiny_options();
  options.decoder_learning_rate = 0.05;
  Trained trained = train(options);
  ASSERT_EQ(trained.histories.size(), 2U);
  EXPECT_EQ(trained.histories[1].first, "decoder");
  const store::History& history = trained.histories[1].second;
  EXPECT_EQ(history.epoch, (std::vector<std::int64_t>{0, 1, 2, 3}));
  EXPECT_TRUE(std::isnan(history.train_loss[0]));
  const double lowest = *std::ranges::min_element(history.validation_loss);
  EXPECT_NEAR(mean_square_error(trained.autoencoder, validation_x()), lowest, 1e-6 * lowest);
}

TEST_F(AutoencoderTest, TheDecoderStageLeavesTheEncoderAlone) {
  auto options = tiny_options();
  Trained both = train(options);
  options.decoder_epochs = 0;
  Trained first = train(options);
  const auto changed = differing(first.autoencoder.state(), both.autoencoder.state());
  EXPECT_FALSE(changed.empty());
  for (const std::string& name : changed) {
    EXPECT_TRUE(name.starts_with("decoder.")) << name;
  }
  EXPECT_TRUE(std::ranges::any_of(first.autoencoder.state(), [](const auto& named) {
    return named.first.starts_with("encoder.");
  }));
}

TEST_F(AutoencoderTest, LatentsOfTheTrainingRowsAreStandardised) {
  auto options = tiny_options();
  options.epochs = 40;  // running statistics follow with momentum 0.1
  Trained trained = train(options);
  const Tensor z = latents(trained.autoencoder, train_x(), options.latent);
  EXPECT_LT(z.mean(0).abs().max().item<double>(), 0.1);
  EXPECT_LT((z.var(0) - 1).abs().max().item<double>(), 0.2);
}

TEST_F(AutoencoderTest, CompositeIsTheCompositeFeatureOfEncodeAndReconstruct) {
  Trained trained = train(tiny_options());
  const at::NoGradGuard no_grad;
  const Tensor x = blobs(530, 23);  // more than one block
  AutoencoderNetwork network =
      make_network(tiny_options(), kImage, /*unit_range=*/true, /*seed=*/99);
  auto weights = network.encoder.state("encoder.");
  const auto saved = trained.autoencoder.state();
  ASSERT_LT(weights.size(), saved.size());
  nn::restore_state(weights, {saved.begin(), saved.begin() + std::ssize(weights)});
  const Tensor z = network.encoder.forward(x);
  const Tensor expected = composite_feature(z, x, trained.autoencoder.reconstruct(x));
  const Tensor phi = composite(trained.autoencoder, x);
  EXPECT_EQ(composite_columns(3, false), (std::vector<std::string>{"z0", "z1", "z2", "e", "c"}));
  EXPECT_EQ(composite_columns(1, true),
            (std::vector<std::string>{"z0", "brightness", "contrast", "e", "c"}));
  expect_near(phi, expected.to(at::kDouble));
  EXPECT_GT(expected.select(1, 4).min().item<float>(), 0);
  EXPECT_GT(expected.select(1, 5).min().item<float>(), 0);
}

TEST_F(AutoencoderTest, TheCovarianceLossLowersTheConditionNumber) {
  const auto condition = [](double weight) {
    auto options = tiny_options();
    options.covariance_weight = weight;
    options.epochs = 15;
    Trained trained = train(options);
    const Tensor z = latents(trained.autoencoder, train_x(), options.latent);
    const Tensor eigenvalues = at::linalg_eigvalsh(at::cov(z.t()));
    return (eigenvalues.max() / eigenvalues.min()).item<double>();
  };
  const double without = condition(0);
  EXPECT_LT(condition(1), 0.7 * without);
}

}  // namespace
}  // namespace cance::represent
