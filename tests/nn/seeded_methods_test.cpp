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
    svdd->latent = 4;
    svdd->pretraining = {32, 3, 0, 1e-2, 5e-7, {33}};
    svdd->training = {32, 5, 0, 1e-2, 5e-7, {33}};
  }
  config.deep_svdd.objective = "soft-boundary";
  config.deep_svdd.warmup_epochs = 2;
  config.drocc.hidden = 16;
  config.drocc.pretraining_epochs = 2;
  config.drocc.ascent_steps = 12;
  config.drocc.radius = 0.8;
  config.drocc.training = {32, 25, 0, 1e-2, 0, {50}};
  return config;
}

/// Means of the scores of normal and of anomalous test rows.
std::pair<double, double> means_of(const std::string& method) {
  nn::Compute compute;
  compute.type = torch::kFloat64;
  const auto scores = tests::scores_of(method, quick(), rows(150, 1, 0), rows(40, 2, 10), compute);
  const Tensor all = nn::to_tensor(std::span<const double>(scores));
  return {all.slice(0, 0, 30).mean().item<double>(), all.slice(0, 30).mean().item<double>()};
}

TEST(SeededMethodsTest, MeanScoresOfNormalAndOfAnomalousRows) {
  const std::map<std::string, std::pair<double, double>> expected{
      {"knn", {0.316533631, 3.9493673}},         {"kde", {0.605542815, 134.433642}},
      {"ocsvm", {-0.0966906627, 2.62211191}},    {"mahalanobis", {5.61702589, 1541.44568}},
      {"goad", {168.054893, 654.738841}},        {"deep_svdd", {-0.0291447054, 0.904807981}},
      {"deep_sad", {0.0295385626, 0.928253874}}, {"drocc", {-0.00345401534, 0.945730851}},
  };
  for (const auto& [method, means] : expected) {
    const auto [normal, anomalous] = means_of(method);
    EXPECT_NEAR(normal, means.first, 1e-6 * (1 + std::abs(means.first)))
        << fmt::format("{{\"{}\", {{{:.9g}, {:.9g}}}}},", method, normal, anomalous);
    EXPECT_NEAR(anomalous, means.second, 1e-6 * (1 + std::abs(means.second))) << method;
    EXPECT_LT(normal, anomalous) << method;
  }
}

}  // namespace
}  // namespace cance::detectors
