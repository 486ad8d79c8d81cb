// Every method once from end to end on a small made table, in float64: numbers that only a change
// of the method's arithmetic, order of draws or defaults moves.
#include <gtest/gtest.h>

#include <map>

#include "nn/convert.hpp"
#include "tests/nn/detector_scores.hpp"
#include "tests/nn/normals.hpp"

namespace cance::detectors {
namespace {

using torch::Tensor;

/// Normal rows lie near a curve in six columns, the last ten test rows beside it.
Tensor rows(std::int64_t count, std::uint64_t stream, std::int64_t beside) {
  const Tensor draw = tests::normals({count, 7}, 6, stream).to(torch::kFloat64);
  const Tensor t = draw.slice(1, 6, 7);
  Tensor curve = torch::cat({t, t.square() - 1, torch::sin(2 * t), -t, t.cos(), 0.5 * t}, 1);
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
  const Tensor draw = tests::normals({count, 2, 1, 1}, 6, stream).to(torch::kFloat64);
  const Tensor line = torch::arange(28, torch::kFloat64) - 13.5;
  const Tensor x = (line.view({1, 28}) - 2 * draw.select(1, 0)).abs();
  const Tensor y = (line.view({28, 1}) - 2 * draw.select(1, 1)).abs();
  const Tensor disc = torch::sigmoid(8 - (x.square() + y.square()).sqrt());
  const Tensor square = torch::sigmoid(7 - torch::maximum(x.expand_as(disc), y.expand_as(disc)));
  return torch::cat({disc.slice(0, 0, count - squares), square.slice(0, count - squares)})
      .unsqueeze(1);
}

/// Means of the scores of normal and of anomalous test rows.
std::pair<double, double> means_of(const std::string& method, const Tensor& train,
                                   const Tensor& test) {
  nn::Compute compute;
  compute.type = torch::kFloat64;
  const auto scores = tests::scores_of(method, quick(), train, test, compute);
  const Tensor all = nn::to_tensor(std::span<const double>(scores));
  return {all.slice(0, 0, 30).mean().item<double>(), all.slice(0, 30).mean().item<double>()};
}

using Means = std::map<std::string, std::pair<double, double>>;

void expect_means(const Means& expected, const Tensor& train, const Tensor& test) {
  for (const auto& [method, means] : expected) {
    const auto [normal, anomalous] = means_of(method, train, test);
    EXPECT_NEAR(normal, means.first, 1e-6 * (1 + std::abs(means.first)))
        << fmt::format("now {{\"{}\", {{{:.9g}, {:.9g}}}}},", method, normal, anomalous);
    EXPECT_NEAR(anomalous, means.second, 1e-6 * (1 + std::abs(means.second))) << method;
  }
}

TEST(SeededMethodsTest, ATable) {
  expect_means(
      {
          {"knn", {0.316533631, 3.9493673}},
          {"kde", {0.605542815, 134.433642}},
          {"ocsvm", {-0.0966906627, 2.62211191}},
          {"mahalanobis", {5.61702589, 1541.44568}},
          {"goad", {168.054893, 654.738841}},
          {"deep_svdd", {-0.244381743, 4.07947103}},
          {"deep_sad", {0.153592786, 4.32059211}},
          {"drocc", {-0.00345401534, 0.945730851}},
          {"dagmm", {-1.76918654, 41.3025962}},
          {"dagmm_cance", {-0.021638886, 20.4099745}},
          {"dpad", {0.134388089, 2.09558351}},
      },
      rows(150, 1, 0), rows(40, 2, 10));
}

TEST(SeededMethodsTest, Images) {
  expect_means(
      {
          {"kde", {5.3154929, 8.46873197}},
          {"ocsvm", {0.0520807359, 0.0235048926}},
          {"deep_svdd", {-0.775811195, -0.722545777}},
          {"drocc", {0.0146887493, 0.0142432296}},
          {"dpad", {0.0552212546, 0.153464428}},
      },
      images(64, 1, 0), images(40, 2, 10));
}

}  // namespace
}  // namespace cance::detectors
