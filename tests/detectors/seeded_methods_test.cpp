// Every method once from end to end on a small made table and, where it takes images, on made
// images and the embedded digits, in float64: numbers that only a change of the method's
// arithmetic, order of draws or defaults moves. Those for images alone are in seeded_images_test.
#include <ATen/ops/maximum.h>
#include <ATen/ops/sin.h>
#include <gtest/gtest.h>

#include <map>

#include "nn/convert.hpp"
#include "tests/support/detector_scores.hpp"
#include "tests/support/drawings.hpp"
#include "tests/support/normals.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

/// Normal rows lie near a curve in six columns, the last ten test rows beside it.
Tensor rows(std::int64_t count, std::uint64_t stream, std::int64_t beside) {
  const Tensor draw = tests::normals({count, 7}, 6, stream).to(at::kDouble);
  const Tensor t = draw.slice(1, 6, 7);
  Tensor curve = at::cat({t, t.square() - 1, at::sin(2 * t), -t, t.cos(), 0.5 * t}, 1);
  curve.slice(0, count - beside) += 2 * draw.slice(1, 0, 6).slice(0, count - beside);
  return curve + 0.1 * draw.slice(1, 0, 6);
}

config::Config quick() {
  config::Config config;
  config.goad.transforms = 8;
  config.goad.size = 4;
  config.goad.training.epochs = 2;
  for (auto* svdd : {&config.deep_svdd, &config.deep_sad}) {
    svdd->hidden = {16, 8};
    svdd->latent = 16;
    svdd->channels = {3, 2};
    svdd->pretraining = {32, 3, 0, 1e-2, 5e-7, {33}};
    svdd->training = {32, 5, 0, 1e-2, 5e-7, {33}};
  }
  config.deep_svdd.objective = "soft-boundary";
  config.deep_svdd.warmup_epochs = 2;
  config.drocc.hidden = 16;
  config.drocc.channels = {2, 3};
  config.drocc.pretraining_epochs = 2;
  config.drocc.ascent_steps = 12;
  config.drocc.radius = 0.8;
  config.drocc.training = {32, 25, 0, 1e-2, 0, {50}};
  config.dagmm.hidden = {8, 4};
  config.dagmm.training = {32, 3, 0, 1e-2, 0, {}};
  config.nce.hidden = {8};
  config.nce.epochs = 2;
  config.dpad.hidden = {8};
  config.dpad.latent = 16;
  config.dpad.channels = {3, 2};
  config.dpad.training = {32, 3, 0, 1e-2, 0, {}};
  return config;
}

/// Normal images are discs of differing places, the last ten test images squares.
Tensor images(std::int64_t count, std::uint64_t stream, std::int64_t squares) {
  const Tensor draw = tests::normals({count, 2, 1, 1}, 6, stream).to(at::kDouble);
  const Tensor line = at::arange(28, at::kDouble) - 13.5;
  const Tensor x = (line.view({1, 28}) - 2 * draw.select(1, 0)).abs();
  const Tensor y = (line.view({28, 1}) - 2 * draw.select(1, 1)).abs();
  const Tensor disc = at::sigmoid(8 - (x.square() + y.square()).sqrt());
  const Tensor square = at::sigmoid(7 - at::maximum(x.expand_as(disc), y.expand_as(disc)));
  return at::cat({disc.slice(0, 0, count - squares), square.slice(0, count - squares)})
      .unsqueeze(1);
}

/// Means of the scores of the first `normal` test rows and of the others, the anomalies.
std::pair<double, double> means_of(const std::string& method, const config::Config& config,
                                   const Tensor& train, const Tensor& test, std::int64_t normal) {
  nn::Compute compute;
  compute.type = at::kDouble;
  const auto scores = tests::scores_of(method, config, train, test, compute);
  const Tensor all = nn::to_tensor(std::span<const double>(scores));
  return {all.slice(0, 0, normal).mean().item<double>(),
          all.slice(0, normal).mean().item<double>()};
}

using Means = std::map<std::string, std::pair<double, double>>;

void expect_means(const Means& expected, const Tensor& train, const Tensor& test,
                  std::int64_t normal_rows, const config::Config& config = quick()) {
  for (const auto& [method, means] : expected) {
    const auto [normal, anomalous] = means_of(method, config, train, test, normal_rows);
    EXPECT_NEAR(normal, means.first, 1e-6 * (1 + std::abs(means.first)))
        << fmt::format("now {{\"{}\", {{{:.9g}, {:.9g}}}}},", method, normal, anomalous);
    EXPECT_NEAR(anomalous, means.second, 1e-6 * (1 + std::abs(means.second))) << method;
  }
}

TEST(SeededMethodsTest, ATable) {
  expect_means(
      {
          {"knn", {0.316533631, 3.9493673}},
          {"lof", {1.12199215, 6.66838864}},
          {"ecod", {9.39090436, 21.3573732}},
          {"copod", {7.6126824, 16.701685}},
          {"loda", {1.76815749, 2.83546837}},
          {"kde", {0.605542815, 134.433642}},
          {"ocsvm", {-0.0966906627, 2.62211191}},
          {"mahalanobis", {5.61702589, 1541.44568}},
          {"goad", {37.6639689, 121.570292}},
          {"deep_svdd", {-0.244381743, 4.07947103}},
          {"deep_sad", {0.153592786, 4.32059211}},
          {"drocc", {-0.00345401534, 0.945730851}},
          {"dagmm", {-1.76918654, 41.3025962}},
          {"dagmm_1", {-1.76918654, 41.3025962}},
          {"dagmm_cance", {-0.021638886, 20.4099745}},
          {"dpad", {0.134388089, 2.09558351}},
      },
      rows(150, 1, 0), rows(40, 2, 10), 30);
}

// Two methods find squares more normal than discs. OC-SVM sees the directions in which the discs
// vary, which are their places; what makes a square is not among them (without a projection squares
// score higher). DROCC's negatives are noise about the discs, so a clean image of any kind looks
// normal.
TEST(SeededMethodsTest, Discs) {
  expect_means(
      {
          {"kde", {5.3154929, 8.46873197}},
          {"ocsvm", {0.0520807359, 0.0235048926}},
          {"deep_svdd", {-0.775811195, -0.722545777}},
          {"drocc", {0.0146887493, 0.0142432296}},
          {"dpad", {0.0552212546, 0.153464428}},
      },
      images(64, 1, 0), images(40, 2, 10), 30);
}

// Ones are normal, eights are not, and every method says so. Deep SVDD and Deep SAD score nearly
// alike: the best epoch comes before the soft boundary moves (for the discs it comes later).
TEST(SeededMethodsTest, Digits) {
  config::Config config = quick();
  config.drocc.training.epochs = 10;  // most of the time of all the methods
  config.drocc.ascent_steps = 4;
  expect_means(
      {
          {"knn", {4.19931502, 7.38569828}},
          {"lof", {1.02456115, 1.44272396}},
          {"ecod", {940.717024, 1215.84159}},
          {"copod", {790.919769, 1100.9431}},
          {"loda", {2.59784559, 3.29221262}},
          {"kde", {47.3748484, 61.1389023}},
          {"ocsvm", {-0.51083351, -0.0422360222}},
          {"mahalanobis", {14.446289, 47.4646712}},
          {"deep_svdd", {0.241684324, 0.261972943}},
          {"deep_sad", {0.241684319, 0.26197293}},
          {"drocc", {0.00525249613, 0.00708330929}},
          {"dagmm", {-1.67104369, -0.0539722544}},
          {"dagmm_1", {-2.27940378, -0.420379079}},
          {"dagmm_cance", {-5.32600487, -0.454796054}},
          {"dpad", {0.0800793477, 0.217401039}},
      },
      tests::drawings(prep::GlyphPart::train, 1, 48),
      at::cat({tests::drawings(prep::GlyphPart::test, 1, 12),
               tests::drawings(prep::GlyphPart::test, 8, 12)}),
      12, config);
}

}  // namespace
}  // namespace cance::detectors
