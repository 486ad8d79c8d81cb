// GOAD's loss on tiny cases by plain loops, and its gradient against finite differences.
#include <ATen/ops/allclose.h>
#include <gtest/gtest.h>

#include <cmath>

#include "detectors/goad_network.hpp"
#include "tests/detectors/in_double.hpp"
#include "tests/support/gradient_check.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

config::GoadOptions small() {
  config::GoadOptions options;
  options.transforms = 4;
  options.size = 3;
  options.width = 2;
  options.layers = 2;
  options.margin = 1.5;
  options.triplet_weight = 0.3;
  return options;
}

/// By loops over rows, maps and centres.
double plain_loss(const Tensor& features, const Tensor& logits, const Tensor& centres,
                  const config::GoadOptions& options) {
  double total = 0;
  const auto rows = features.size(0);
  const auto maps = features.size(1);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t r = 0; r < maps; ++r) {
      double other = INFINITY;
      double sum = 0;
      for (std::int64_t s = 0; s < maps; ++s) {
        const double d = (features[i][r] - centres[s]).square().sum().item<double>();
        other = s == r ? other : std::min(other, d);
        sum += std::exp(logits[i][r][s].item<double>());
      }
      const double own = (features[i][r] - centres[r]).square().sum().item<double>();
      total += options.triplet_weight * std::max(0.0, own + options.margin - other) +
               std::log(sum) - logits[i][r][r].item<double>();
    }
  }
  return total / static_cast<double>(rows * maps);
}

TEST(GoadTest, TheLossIsTheOneOfLoops) {
  const auto options = small();
  const GoadNetwork::Output output{normals({5, 4, 2}, 1), normals({5, 4, 4}, 2)};
  const Tensor centres = normals({4, 2}, 3);
  EXPECT_NEAR(goad_loss(output, centres, options, 5).item<double>(),
              plain_loss(output.features, output.logits, centres, options), 1e-12);
}

TEST(GoadTest, PartsOfABatchAddUp) {
  const auto options = small();
  const GoadNetwork::Output all{normals({5, 4, 2}, 1), normals({5, 4, 4}, 2)};
  const Tensor centres = normals({4, 2}, 3);
  double sum = 0;
  for (const auto& [first, last] : {std::pair(0, 2), std::pair(2, 2), std::pair(2, 5)}) {
    sum += goad_loss({all.features.slice(0, first, last), all.logits.slice(0, first, last)},
                     centres, options, 5)
               .item<double>();
  }
  EXPECT_NEAR(sum, goad_loss(all, centres, options, 5).item<double>(), 1e-12);
}

TEST(GoadTest, GradientsThroughTheNetworkAndTheCentres) {
  const auto options = small();
  const GoadNetwork network(options, /*columns=*/6, /*seed=*/3, kDouble);
  const Tensor x = normals({5, 6}, 4);
  tests::expect_gradients(nn::leaves(network.state()), [&] {
    const auto output = network.forward(x);
    return goad_loss(output, output.features.mean(0), options, 5);
  });
}

TEST(GoadTest, EveryMapOfARowIsItsOwnProduct) {
  auto options = small();
  options.layers = 1;
  const Tensor x = normals({5, 6}, 4);
  for (const bool offsets : {false, true}) {
    options.offsets = offsets;
    const GoadNetwork network(options, 6, 3, kDouble);
    const auto state = network.state();
    const Tensor maps = state[0].second.view({6, 4, 3});
    const Tensor shifts = state[1].second.view({4, 3});
    EXPECT_EQ(shifts.any().item<bool>(), offsets);
    for (std::int64_t r = 0; r < 4; ++r) {
      const Tensor product = (x.mm(maps.select(1, r)) + shifts[r]).mm(state[2].second.t());
      const Tensor expected = at::where(product > 0, product, 0.2 * product);
      EXPECT_TRUE(at::allclose(network.features(x).select(1, r), expected));
    }
  }
}

}  // namespace
}  // namespace cance::detectors
