// Estimated seconds of methods beside those that they took: one core, MNIST, class 0, short
// schedules of configs/.
#include "pipeline/train/cost.hpp"

#include <gtest/gtest.h>

#include <map>

#include "config/load.hpp"

namespace cance::pipeline {
namespace {

const detectors::CellSize kClass0{5331, {1, 28, 28}};

config::Config tenth(const std::string& name, const std::vector<std::string>& settings = {}) {
  config::Config config =
      config::load_config(std::string(CANCE_SOURCE_DIR) + "/configs/" + name, settings);
  config.schedule.share = 0.1;
  return config::trained_config(config);
}

TEST(CostTest, OfMethodsOnMnist) {
  const std::vector<std::pair<config::Config, std::map<std::string, double>>> measured{
      {tenth("mnist-comparison.cfg", {"drocc.epochs=40"}),
       {{"deep_svdd", 21}, {"deep_sad", 21}, {"drocc", 99}, {"dpad", 6}}},
      {tenth("mnist-likelihood.cfg", {"pixelcnn.levels=16", "pixelcnn.features=16",
                                      "pixelcnn.layers=4", "pixelcnn.epochs=40"}),
       {{"vae", 92}, {"lsa", 205}, {"pixelcnn", 66}}}};
  constexpr double kFactor = 2.5;
  for (const auto& [config, methods] : measured) {
    for (const auto& [method, seconds] : methods) {
      const double estimated = detectors::make_detector(method, config)->seconds(kClass0);
      EXPECT_LT(estimated, kFactor * seconds) << method;
      EXPECT_GT(estimated, seconds / kFactor) << method;
    }
  }
}

TEST(CostTest, OfACellGrowsWithRowsAndEpochs) {
  config::Config config = tenth("mnist-comparison.cfg");
  const double once = cell_seconds(config, kClass0);
  EXPECT_NEAR(cell_seconds(config, {2 * kClass0.rows, kClass0.row}) / once, 2, 0.3);
  config.grid.methods = {"drocc"};
  const double before = cell_seconds(config, kClass0);
  config.drocc.training.epochs *= 10;
  EXPECT_GT(cell_seconds(config, kClass0), 5 * before);
}

TEST(CostTest, StagesThatCostNothingNeedNoTiming) {
  Speeds speeds("no-device", 1);  // which no file of this machine knows
  config::Config config;
  config.grid.methods = {"random", "error", "gaussian", "cnce"};
  EXPECT_EQ(unknown_stages(config, {7}, speeds),
            (std::vector<std::string>{"representation", "cnce"}));
  speeds.learn("cnce", {7}, 2, 1);
  EXPECT_EQ(unknown_stages(config, {7}, speeds), std::vector<std::string>{"representation"});
}

}  // namespace
}  // namespace cance::pipeline
