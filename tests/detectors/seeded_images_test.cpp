// The likelihood methods once from end to end on the embedded digits, in float64: numbers that only
// a change of the method's arithmetic, order of draws or defaults moves.
#include <gtest/gtest.h>

#include <map>

#include "nn/convert.hpp"
#include "tests/support/detector_scores.hpp"
#include "tests/support/drawings.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

config::Config quick_on_images() {
  config::Config config;
  config.pixelcnn = {8, 4, 2, 1, {16, 3, 0, 1e-2, 0, {50}}};
  config.vae = {{4, 8}, 6, 0.7, 2, {16, 6, 0, 1e-2, 0, {}}};
  config.lsa = {{4, 8}, 8, 10, {4, 4}, 1, {16, 6, 0, 1e-2, 0, {}}};
  return config;
}

TEST(SeededImagesTest, MeanScoresOfNormalAndOfAnomalousDigits) {
  const std::map<std::string, std::pair<double, double>> expected{
      {"pixelcnn", {1414.31384, 1480.22906}},
      {"vae", {473.75761, 510.705231}},
      {"lsa", {1.22824547, 2.1864145}},
  };
  const Tensor train = tests::drawings(prep::GlyphPart::train, 1, 48);
  const Tensor test = at::cat({tests::drawings(prep::GlyphPart::test, 1, 12),
                               tests::drawings(prep::GlyphPart::test, 8, 12)});
  nn::Compute compute;
  compute.type = at::kDouble;
  for (const auto& [method, means] : expected) {
    const auto scores = tests::scores_of(method, quick_on_images(), train, test, compute);
    const Tensor all = nn::to_tensor(std::span<const double>(scores));
    const double normal = all.slice(0, 0, 12).mean().item<double>();
    const double anomalous = all.slice(0, 12).mean().item<double>();
    EXPECT_NEAR(normal, means.first, 1e-6 * (1 + std::abs(means.first)))
        << fmt::format("now {{\"{}\", {{{:.9g}, {:.9g}}}}},", method, normal, anomalous);
    EXPECT_NEAR(anomalous, means.second, 1e-6 * (1 + std::abs(means.second))) << method;
    EXPECT_LT(normal, anomalous) << method;
  }
}

}  // namespace
}  // namespace cance::detectors
