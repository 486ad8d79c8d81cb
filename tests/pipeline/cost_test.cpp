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
  EXPECT_EQ(unknown_stages(config, {7}, speeds),
            (std::vector<std::string>{"representation", "cnce"}));  // how it scores is not known
  speeds.learn("cnce scoring", {7}, 2, 1);
  EXPECT_EQ(unknown_stages(config, {7}, speeds), std::vector<std::string>{"representation"});
}

TEST(CostTest, TrainingAndScoringHaveTheirOwnSpeeds) {
  config::Config config;
  const auto detector = detectors::make_detector("cnce", config);
  const detectors::CellSize cell{1000, {7}, 500};
  Speeds speeds("no-device", 1);
  speeds.learn("cnce", {7}, 6, 2);
  speeds.learn("cnce scoring", {7}, 1, 2);
  const StageSeconds modelled = method_seconds(*detector, "cnce", cell);
  const StageSeconds known = method_seconds(*detector, "cnce", cell, &speeds);
  EXPECT_DOUBLE_EQ(known.training, 3 * modelled.training);
  EXPECT_DOUBLE_EQ(known.scoring, 0.5 * modelled.scoring);
}

TEST(CostTest, ASpeedStaysNearTheModelWhereAConstantPartIsAllOfIt) {
  Speeds speeds("no-device", 1);
  speeds.learn("knn", {7}, 3, 1e-4);
  EXPECT_DOUBLE_EQ(speeds.factor("knn", {7}), 20);
  speeds.learn("lof", {7}, 1e-4, 3);
  EXPECT_DOUBLE_EQ(speeds.factor("lof", {7}), 0.05);
}

TEST(CostTest, MirroredCopiesAreRowsButForMethodsThatSeeRawOnes) {
  config::Config config;
  config.input.flips = true;
  const detectors::CellSize cell = size_of_cell(config, 600, {1, 8, 8}, 100);
  EXPECT_EQ(cell.rows, 1200);
  const auto seconds = [&](const char* method, const detectors::CellSize& size) {
    return method_seconds(*detectors::make_detector(method, config), method, size).training;
  };
  EXPECT_EQ(seconds("vae", cell), seconds("vae", {600, {1, 8, 8}}));
  EXPECT_EQ(seconds("goad", cell), seconds("goad", {1200, {1, 8, 8}}));
}

}  // namespace
}  // namespace cance::pipeline
