// A network method that is stopped and resumed, in any of its stages, gives the bits of one that
// ran straight through.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.hpp"
#include "base/stop_flag.hpp"
#include "detectors/detector.hpp"
#include "tests/support/normals.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;
namespace fs = std::filesystem;

config::Config resumed() {
  config::Config config;
  config.goad.transforms = 6;
  config.goad.size = 4;
  config.goad.training = {16, 2, 0, 1e-2, 0, {50}};
  for (auto* svdd : {&config.deep_svdd, &config.deep_sad}) {
    svdd->hidden = {8};
    svdd->latent = 3;
    svdd->pretraining = {16, 1, 0, 1e-3, 1e-6, {}};
    svdd->training = {16, 2, 0, 1e-3, 1e-6, {}};
  }
  config.deep_svdd.objective = "soft-boundary";
  config.deep_svdd.warmup_epochs = 1;
  config.drocc.hidden = 8;
  config.drocc.ascent_steps = 3;
  config.drocc.pretraining_epochs = 1;
  config.drocc.training = {16, 2, 0, 1e-3, 0, {}};
  config.dagmm.hidden = {6};
  config.dagmm.training = {16, 2, 0, 1e-3, 0, {}};
  config.dagmm_1.components = {2, 3};
  config.nce.hidden = {8};
  config.nce.epochs = 2;
  config.dpad.hidden = {8};
  config.dpad.latent = 3;
  config.dpad.training = {16, 2, 0, 1e-3, 0, {}};
  config.vae = {{4}, 3, 0.7, 2, {16, 2, 0, 1e-3, 0, {}}};
  config.lsa = {{4}, 4, 10, {4}, 1, {16, 2, 0, 1e-3, 0, {}}};
  config.pixelcnn = {8, 4, 2, 1, {16, 2, 0, 1e-3, 0, {50}}};
  return config;
}

/// Random rows: images of 6 x 6 where the method is for images, else of five numbers.
Tensor rows(const std::string& method, std::int64_t count, std::uint64_t stream) {
  if (method == "vae" || method == "lsa" || method == "pixelcnn") {
    return tests::normals({count, 1, 6, 6}, 3, stream).sigmoid();
  }
  return tests::normals({count, 5}, 3, stream);
}

struct Case {
  const char* method;
  bool labelled = false;  ///< whether it is given known anomalies
};

class MethodsResumeTest : public testing::TestWithParam<Case> {
 protected:
  MethodsResumeTest() { fs::remove_all(folder_); }
  ~MethodsResumeTest() override {
    fs::remove_all(folder_);
    set_stop_requested(false);
  }

  /// Scores after training that asks to stop after so many reports of progress; 0: never.
  [[nodiscard]] static std::vector<double> train(const Case& one, nn::Checkpoints* checkpoints,
                                                 int stop) {
    const auto [method, labelled] = one;
    nn::TensorRows train_x(rows(method, 40, 1)), validation_x(rows(method, 9, 2)),
        test_x(rows(method, 12, 3)), labelled_x(rows(method, 7, 4) + 2);
    const stats::Moments none(1);
    const represent::FeatureTransform transform;
    const auto detector = make_detector(method, resumed());
    detector->fit({{Tensor(), &train_x, &train_x},
                   {Tensor(), &validation_x, &validation_x},
                   transform,
                   none,
                   none,
                   /*seed=*/9,
                   {},
                   checkpoints,
                   [&stop](const nn::StageProgress&) { set_stop_requested(stop-- == 1); },
                   labelled ? CellRows{Tensor(), &labelled_x, &labelled_x} : CellRows()});
    return detector->score({Tensor(), &test_x, &test_x});
  }

  [[nodiscard]] nn::Checkpoints checkpoints() const {
    return {folder_, "key", /*period=*/1e9, /*writes=*/true};
  }

  fs::path folder_ =
      fs::path(testing::TempDir()) / fmt::format("cance_methods_resume_test_{}", ::getpid());
};

TEST_P(MethodsResumeTest, StoppedAfterAnyStep) {
  const auto straight = train(GetParam(), nullptr, 0);
  if (GetParam().labelled) {
    ASSERT_NE(train({GetParam().method}, nullptr, 0), straight) << "labelled rows change nothing";
  }
  int stopped = 0;
  for (int stop = 1; stop < 10; ++stop) {  // batches of 16: three steps an epoch
    auto first = checkpoints();
    try {
      static_cast<void>(train(GetParam(), &first, stop));
    } catch (const Stopped&) {
      ++stopped;
    }
    set_stop_requested(false);
    auto second = checkpoints();
    EXPECT_EQ(train(GetParam(), &second, 0), straight) << "stopped after step " << stop;
    fs::remove_all(folder_);
  }
  EXPECT_GE(stopped, 5);
}

INSTANTIATE_TEST_SUITE_P(, MethodsResumeTest,
                         testing::Values(Case{"goad"}, Case{"deep_svdd"}, Case{"deep_sad"},
                                         Case{"deep_sad", /*labelled=*/true}, Case{"drocc"},
                                         Case{"dagmm"}, Case{"dagmm_1"}, Case{"dagmm_cance"},
                                         Case{"dpad"}, Case{"vae"}, Case{"lsa"}, Case{"pixelcnn"}),
                         [](const auto& one) {
                           return std::string(one.param.method) +
                                  (one.param.labelled ? "_labelled" : "");
                         });

}  // namespace
}  // namespace cance::detectors
