// A stage that is stopped and resumed, wherever, ends with the bits of one that ran straight
// through.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/stop_flag.hpp"
#include "density/nce.hpp"
#include "nn/convert.hpp"
#include "represent/autoencoder.hpp"
#include "stats/moments.hpp"

namespace cance {
namespace {

using at::Tensor;
namespace fs = std::filesystem;

Tensor uniforms(at::IntArrayRef shape, std::uint64_t stream) {
  Tensor t = at::empty(shape, at::kDouble);
  Random(3, Purpose::test, stream)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  return t.to(at::kFloat);
}

/// Asks to stop when `steps` steps of training have been reported.
class StopAfter {
 public:
  explicit StopAfter(int steps) : steps_(steps) {}
  void count() { set_stop_requested(steps_-- == 1); }

 private:
  int steps_;
};

/// Everything training leaves: tensors and curves.
struct Outcome {
  std::vector<Tensor> tensors;
  std::vector<double> losses;
  bool operator==(const Outcome& other) const {
    return losses == other.losses && std::ranges::equal(tensors, other.tensors, at::equal);
  }
};

class ResumeTest : public testing::Test {
 protected:
  ResumeTest() { fs::remove_all(folder_); }
  ~ResumeTest() override {
    fs::remove_all(folder_);
    set_stop_requested(false);
  }

  [[nodiscard]] nn::Checkpoints checkpoints(const std::string& key = "key") const {
    return {folder_, key, /*period=*/1e9, /*writes=*/true};
  }

  /// Both stages, 3 and 2 epochs of 3 steps, the last batch smaller.
  static Outcome train_autoencoder(nn::Checkpoints* checkpoints, StopAfter stop) {
    config::AutoencoderOptions options;
    options.latent = 3;
    options.batch = 8;
    options.epochs = 3;
    options.decoder_epochs = 2;
    represent::Autoencoder autoencoder(options, {}, {1, 28, 28}, /*unit_range=*/true, 7);
    nn::TensorRows train(uniforms({20, 1, 28, 28}, 1));
    nn::TensorRows validation(uniforms({5, 1, 28, 28}, 2));
    const auto histories =
        autoencoder.train(train, validation, checkpoints,
                          [&](const std::string&, const nn::StageProgress&) { stop.count(); });
    Outcome outcome;
    for (const auto& [name, tensor] : autoencoder.state()) {
      outcome.tensors.push_back(tensor);
    }
    for (const auto& [stage, history] : histories) {
      const auto& losses = history.validation_loss;
      outcome.losses.insert(outcome.losses.end(), losses.begin(), losses.end());
      outcome.losses.insert(outcome.losses.end(), history.train_loss.begin() + 1,
                            history.train_loss.end());
    }
    return outcome;
  }

  /// CANCE's game, 4 epochs of 3 steps.
  static Outcome train_density(nn::Checkpoints* checkpoints, StopAfter stop) {
    const Tensor phi = uniforms({40, 4}, 3);
    stats::Moments moments(4);
    const Matrix<float> rows = nn::to_matrix(phi);
    moments.add_rows(rows.view());
    config::NceOptions options;
    options.hidden = {8};
    options.batch = 16;
    options.epochs = 4;
    density::NceDensity density(moments.mean(), moments.covariance(),
                                density::Augmentation(moments.mean(), moments.covariance()),
                                options, {}, 7);
    nn::TensorRows train(phi);
    nn::TensorRows validation(uniforms({10, 4}, 4));
    const auto history = density.train(train, validation, "cance", checkpoints,
                                       [&](const nn::StageProgress&) { stop.count(); });
    Outcome outcome{{density.scale(), density.score(phi)}, history.validation_loss};
    outcome.losses.insert(outcome.losses.end(), history.train_loss.begin(),
                          history.train_loss.end());
    return outcome;
  }

  template <class Train>
  void expect_the_same_bits_after_a_stop_at_any_step(Train train, int steps) {
    const Outcome straight = train(nullptr, StopAfter(0));
    for (int stop = 1; stop <= steps; ++stop) {
      auto first = checkpoints();
      EXPECT_THROW((void)train(&first, StopAfter(stop)), Stopped) << "after step " << stop;
      set_stop_requested(false);
      auto second = checkpoints();
      EXPECT_EQ(train(&second, StopAfter(0)), straight) << "stopped after step " << stop;
      fs::remove_all(folder_);
    }
  }

  fs::path folder_ = fs::path(testing::TempDir()) / fmt::format("cance_resume_test_{}", ::getpid());
};

TEST_F(ResumeTest, TheAutoencoderStoppedAtAnyStepOfBothStages) {
  expect_the_same_bits_after_a_stop_at_any_step(train_autoencoder, 14);
}

TEST_F(ResumeTest, TheDensityStoppedAtAnyStep) {
  expect_the_same_bits_after_a_stop_at_any_step(train_density, 11);
}

TEST_F(ResumeTest, AFinishedStageIsNotTrainedAgain) {
  auto first = checkpoints();
  const Outcome straight = train_density(&first, StopAfter(0));
  auto second = checkpoints();
  EXPECT_EQ(train_density(&second, StopAfter(1)), straight) << "a step would have stopped it";
}

TEST_F(ResumeTest, ACheckpointOfOtherSettingsOrADamagedOneCountsAsNone) {
  const Outcome straight = train_density(nullptr, StopAfter(0));
  auto first = checkpoints("other settings");
  EXPECT_THROW((void)train_density(&first, StopAfter(5)), Stopped);
  set_stop_requested(false);
  auto second = checkpoints();
  EXPECT_FALSE(second.load("cance"));
  EXPECT_THROW((void)train_density(&second, StopAfter(5)), Stopped);
  set_stop_requested(false);
  ASSERT_TRUE(second.load("cance"));
  const fs::path file = folder_ / "cance.ckpt";
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(static_cast<std::streamoff>(fs::file_size(file) / 2))
      .put('\x5a');
  EXPECT_FALSE(second.load("cance"));
  EXPECT_EQ(train_density(&second, StopAfter(0)), straight);
}

}  // namespace
}  // namespace cance
