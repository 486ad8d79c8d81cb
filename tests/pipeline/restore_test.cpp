// What a run file keeps is enough: representation, normalisation, transform and every method that
// is made again from it gives the bits of the trained one, in both precisions, and scores in parts
// of whole blocks as in one piece.
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "config/methods.hpp"
#include "detectors/detector.hpp"
#include "nn/convert.hpp"
#include "represent/normaliser.hpp"
#include "represent/representation.hpp"
#include "represent/row_moments.hpp"

namespace cance {
namespace {

using at::Tensor;

constexpr std::int64_t kTrain = 300;
constexpr std::int64_t kTest = 2 * nn::kBlock + 77;
constexpr std::uint64_t kSeed = 5;

struct Case {
  std::string name, network, normalisation, precision, transform;
  Shape shape;
};

config::Config settings(const Case& c) {
  config::Config config;
  config.autoencoder.network = c.network;
  config.autoencoder.latent = 3;
  config.autoencoder.channels = {4, 8};
  config.autoencoder.hidden = {12};
  config.autoencoder.epochs = 2;
  config.autoencoder.decoder_epochs = 1;
  config.input.normalisation = c.normalisation;
  config.feature.transform = c.transform;
  config.compute.precision = c.precision;
  config.nce.hidden = {16, 16};
  config.nce.epochs = 2;
  return config;
}

nn::Compute compute_of(const Case& c) {
  nn::Compute compute;
  compute.type = c.precision == "float64" ? at::kDouble : at::kFloat;
  return compute;
}

Tensor uniforms(std::int64_t rows, const Shape& shape, std::uint64_t stream) {
  std::vector<std::int64_t> sizes{rows};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  Tensor t = at::empty(sizes, at::kDouble);
  Random(3, Purpose::test, stream)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  return t.pow(2);
}

/// Rows as models see them.
struct Part {
  Part(const Tensor& x, const represent::Normaliser& normaliser)
      : raw(x), normalised(raw, normaliser, /*flips=*/false) {}
  detectors::CellRows view() { return {composite, &normalised, &raw}; }
  nn::TensorRows raw;
  represent::PreparedRows normalised;
  Tensor composite;
};

class Restored : public testing::TestWithParam<Case> {};

TEST_P(Restored, GivesTheSameBits) {
  const Case& c = GetParam();
  const config::Config config = settings(c);
  const nn::Compute compute = compute_of(c);
  const std::string kind = represent::normalisation_for(config.input, c.shape);
  nn::TensorRows train_rows(compute.to_device(uniforms(kTrain, c.shape, 1)));
  const represent::Normaliser normaliser(kind, train_rows, {}, compute);
  const represent::Normaliser same_normaliser(kind, nn::to_map(normaliser.state()), c.shape.size(),
                                              compute);
  Part train(compute.to_device(uniforms(kTrain, c.shape, 1)), normaliser);
  Part validation(compute.to_device(uniforms(60, c.shape, 2)), normaliser);
  const Tensor test_x = compute.to_device(uniforms(kTest, c.shape, 4));
  Part test(test_x, normaliser);
  Part same_test(test_x, same_normaliser);
  const std::int64_t cut = nn::kBlock;
  Part head(test_x.slice(0, 0, cut), same_normaliser);
  Part tail(test_x.slice(0, cut), same_normaliser);

  const auto representation = represent::make_representation(config, c.shape, kSeed, compute);
  static_cast<void>(representation->train(train.normalised, validation.normalised, nullptr,
                                          [](const std::string&, const nn::StageProgress&) {}));
  const auto same = represent::make_representation(config, c.shape, /*seed=*/99, compute);
  same->restore(nn::to_map(representation->state()));
  for (Part* part : {&train, &validation, &test}) {
    part->composite = representation->composite(part->normalised);
  }
  for (Part* part : {&same_test, &head, &tail}) {
    part->composite = same->composite(part->normalised);
  }
  EXPECT_TRUE(at::equal(test.composite, same_test.composite));
  EXPECT_TRUE(at::equal(test.composite, at::cat({head.composite, tail.composite})));

  const stats::Moments raw_moments = represent::moments_of(train.composite, {});
  const auto& means = raw_moments.mean();
  const represent::FeatureTransform transform(c.transform, {means[3], means[4]});
  const stats::Moments moments = represent::moments_of(transform.apply(train.composite), {});
  for (const std::string method : {"error", "latnce", "gaussian", "cnce", "cance"}) {
    const auto detector = detectors::make_detector(method, config);
    detector->fit({train.view(), validation.view(), transform, raw_moments, moments, kSeed, compute,
                   nullptr, [](const nn::StageProgress&) {}});
    const auto restored = detectors::make_detector(method, config);
    restored->restore(
        {nn::to_map(detector->state()),
         represent::FeatureTransform::restored(c.transform, nn::to_map(transform.state())),
         moments.mean(), moments.covariance(), compute});
    const std::vector<double> scores = detector->score(test.view());
    EXPECT_EQ(restored->score(same_test.view()), scores) << method;
    std::vector<double> parts = restored->score(head.view());
    const std::vector<double> rest = restored->score(tail.view());
    parts.insert(parts.end(), rest.begin(), rest.end());
    EXPECT_EQ(parts, scores) << method;
    EXPECT_TRUE(restored->sees_composite_only()) << method;
  }
}

TEST(Registry, EveryMethodOfAConfigIsThereAndSeesWhatReportsSay) {
  for (const std::string& method : config::method_names()) {
    if (method == "ensemble") {  // is made of finished runs
      EXPECT_THROW(static_cast<void>(detectors::make_detector(method, {})), Error);
      continue;
    }
    EXPECT_EQ(detectors::make_detector(method, config::Config())->sees_composite_only(),
              config::method_sees_representation(method))
        << method;
  }
}

INSTANTIATE_TEST_SUITE_P(
    , Restored,
    testing::Values(Case{"conv", "auto", "none", "float32", "raw", {1, 12, 12}},
                    Case{"conv_float64", "auto", "channel", "float64", "raw", {3, 8, 8}},
                    Case{"gcn_log", "auto", "gcn", "float32", "log", {3, 8, 8}},
                    Case{"dense", "auto", "standardise", "float32", "raw", {7}},
                    Case{"dense_float64_log", "auto", "standardise", "float64", "log", {7}},
                    Case{"pca", "pca", "unit", "float32", "raw", {9}}),
    [](const auto& one) { return one.param.name; });

TEST(Restore, NamesWhatIsMissing) {
  const config::Config config;
  const detectors::SavedMethod empty{{}, {}, std::vector<double>(4, 0.0), Matrix<double>(4, 4), {}};
  EXPECT_THROW(detectors::make_detector("knn", config)->restore(empty), Error);
  EXPECT_THROW(detectors::make_detector("random", config)->restore(empty), Error);
  detectors::SavedMethod saved = empty;
  for (std::size_t i = 0; i < 4; ++i) {
    saved.covariance(i, i) = 1;
  }
  try {
    detectors::make_detector("cance", config)->restore(saved);
    FAIL() << "restored from nothing";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("lacks tensor 0.weight"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace cance
