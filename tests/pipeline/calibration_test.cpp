// A calibration leaves no stage unknown, on few rows and steps, whatever a whole cell would take.
#include "pipeline/train/calibration.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/stop_flag.hpp"
#include "pipeline/train/cost.hpp"
#include "store/dataset_file.hpp"
#include "tests/support/folder_test.hpp"

namespace cance::pipeline {
namespace {

class CalibrationTest : public tests::FolderTest {
 protected:
  void SetUp() override {
    ::setenv("XDG_CACHE_HOME", folder_.c_str(), 1);  // where speeds are kept
    speeds_.emplace("cpu", 1);
    store::DatasetInfo info;
    info.name = "table";
    info.class_names = {"a", "b"};
    std::vector<float> values(300 * 4);
    Random(1, Purpose::test).fill_normal(std::span(values));
    std::vector<std::int32_t> labels(300, 0);
    std::fill(labels.begin(), labels.begin() + 50, 1);
    store::DatasetWriter writer(folder_ / "table.h5", info);
    writer.append_rows("all", values, 4, labels);
    writer.commit();
    config::Config& config = experiments_.front().config;
    config.autoencoder.epochs = 100000;  // hours
    config.grid.methods = {"knn", "ocsvm", "goad", "cance", "error"};
  }
  void TearDown() override {
    ::unsetenv("XDG_CACHE_HOME");
    set_stop_requested(false);
  }

  [[nodiscard]] std::vector<std::string> unknown() {
    return unknown_stages(experiments_.front().config, {4}, *speeds_);
  }
  void run() {
    log::configure(log::Level::normal);
    testing::internal::CaptureStderr();
    calibrate(experiments_,
              {{{"table", "goad", {}, 0}, 0, 1, 0}, {{"table", "goad", {}, 1}, 0, 1, 0}},
              DataRoot(folder_), {}, *speeds_);
    said_ = testing::internal::GetCapturedStderr();
  }

  std::vector<config::Experiment> experiments_{1};
  std::optional<Speeds> speeds_;
  std::string said_;
};

TEST_F(CalibrationTest, LeavesNoStageUnknown) {
  run();
  EXPECT_TRUE(unknown().empty());
  EXPECT_TRUE(Speeds("cpu", 1).knows("goad scoring", {4}));  // on the disk
  EXPECT_NE(said_.find("on table: representation, knn, ocsvm, goad, cance\n"), std::string::npos)
      << said_;
  run();
  EXPECT_EQ(said_, "");
}

TEST_F(CalibrationTest, MethodsThatNeedNoRepresentationAreTimedWithoutOne) {
  experiments_.front().config.grid.methods = {"knn", "goad"};
  run();
  EXPECT_TRUE(unknown().empty());
  EXPECT_NE(said_.find("on table: knn, goad\n"), std::string::npos) << said_;
  EXPECT_FALSE(speeds_->knows("representation", {4}));
}

TEST_F(CalibrationTest, AStageThatCannotBeTimedIsNamedAndLeftToTheCells) {
  experiments_.front().config.grid.methods = {"vae", "knn"};
  run();
  EXPECT_EQ(unknown(), std::vector<std::string>{"vae"});
  EXPECT_NE(said_.find("no calibration of vae on table: "), std::string::npos) << said_;
}

TEST_F(CalibrationTest, SpeedsOfAnEarlierBuildAreBoundedAsThoseOfToday) {
  Speeds known("cpu", 1);
  known.learn("knn", {4}, 2, 1);
  known.save();
  const auto file = std::filesystem::directory_iterator(folder_ / "cance")->path();
  std::ofstream(file, std::ios::app) << "lof 4 = 7284\n";
  const Speeds again("cpu", 1);
  EXPECT_DOUBLE_EQ(again.factor("knn", {4}), 2);
  EXPECT_DOUBLE_EQ(again.factor("lof", {4}), 20);
}

TEST_F(CalibrationTest, ARequestToStopEndsIt) {
  set_stop_requested(true);
  run();
  EXPECT_EQ(unknown().size(), 5);
}

}  // namespace
}  // namespace cance::pipeline
