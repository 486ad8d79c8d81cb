// A GPU's losses are looked at once in many steps, and late: that changes neither the history nor
// what a stopped stage goes on with. Here on the CPU, with looks as far apart as there.
#include <gtest/gtest.h>

#include <cmath>
#include <span>

#include "base/error.hpp"
#include "base/stop_flag.hpp"
#include "nn/descent.hpp"
#include "nn/training.hpp"
#include "tests/support/folder_test.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

struct Outcome {
  std::vector<double> losses;
  double model = 0;
  int looks = 0;
  bool operator==(const Outcome& other) const {
    return losses == other.losses && model == other.model;
  }
};

class Looks : public tests::FolderTest {
 protected:
  /// Descent on one number, 3 epochs of 7 steps, the last one of 4 rows; `stop_at`: the look that
  /// asks to stop, `bad_step`: the one whose loss is NaN, `stop_in`: the validation that is
  /// stopped.
  Outcome train(std::int64_t look_every, Checkpoints* checkpoints = nullptr, int stop_at = 0,
                std::int64_t bad_step = -1, std::int64_t ahead = 0, int stop_in = 0) {
    const Tensor model = at::zeros({1}, at::kDouble).set_requires_grad(true);
    Descent descent({model}, AdamW({model}, 0.1, 0), Team());
    TensorRows rows(at::arange(52, at::kDouble).cos().view({52, 1}));
    Outcome outcome;
    std::int64_t steps = 0;
    Stage stage;
    stage.learners = {{&rows, 0, {{"model", model}}, checkpoints, [&](const StageProgress&) {
                         set_stop_requested(++outcome.looks == stop_at);
                       }}};
    stage.optimisers = {&descent.optimiser()};
    stage.step = [&](const std::vector<Tensor>& inputs, std::int64_t) {
      const Tensor loss = descent.step((model - inputs[0]).square().mean());
      return steps++ == bad_step ? loss * std::nan("") : loss;
    };
    stage.validate = [&, validations = 0]() mutable {
      if (++validations == stop_in) {
        throw Stopped("in the midst of it");
      }
      return (model.detach() - 0.3).square().sum();
    };
    StageOptions options;
    options.name = "number";
    options.batch = 8;
    options.epochs = 3;
    options.look_every = look_every;
    options.ahead = ahead;
    const auto history = train_stage(options, stage, Compute()).front().taken();
    outcome.losses = history.validation_loss;
    outcome.losses.insert(outcome.losses.end(), history.train_loss.begin(),
                          history.train_loss.end());
    outcome.model = model.item<double>();
    return outcome;
  }
  [[nodiscard]] Checkpoints checkpoints() const { return {folder_, "key", 1000, true}; }
};

TEST_F(Looks, FarApartTheyGiveTheSameHistory) {
  const Outcome each = train(1);
  EXPECT_EQ(each.looks, 21);
  EXPECT_EQ(train(2), each);
  EXPECT_EQ(train(2).looks, 12);  // four an epoch: after 2, 4, 6 and all 7 steps
  EXPECT_EQ(train(100), each);
}

TEST_F(Looks, AStopBetweenThemLosesNothing) {
  const Outcome straight = train(1);
  for (int stop = 1; stop <= 11; ++stop) {
    auto first = checkpoints();
    EXPECT_THROW((void)train(2, &first, stop), Stopped) << stop;
    set_stop_requested(false);
    auto second = checkpoints();
    EXPECT_EQ(train(2, &second), straight) << stop;
    std::filesystem::remove_all(folder_);
  }
}

TEST_F(Looks, AStopInAValidationLosesNoStep) {
  const Outcome straight = train(1);
  for (int stop = 1; stop <= 3; ++stop) {
    auto first = checkpoints();
    EXPECT_THROW((void)train(2, &first, 0, -1, 0, stop), Stopped) << stop;
    set_stop_requested(false);
    EXPECT_EQ(first.load("number")->step, 7) << stop;
    auto second = checkpoints();
    EXPECT_EQ(train(2, &second), straight) << stop;
    std::filesystem::remove_all(folder_);
  }
}

TEST_F(Looks, OfTwoModelsInAStepTheOneThatFailsFailsAlone) {
  const Tensor models = at::zeros({2, 1}, at::kDouble).set_requires_grad(true);
  Descent descent({models}, AdamW({models}, 0.1, 0), Team());
  TensorRows rows(at::arange(52, at::kDouble).cos().view({52, 1}));
  std::int64_t steps = 0;
  Stage stage;
  for (std::int64_t k = 0; k < 2; ++k) {
    stage.learners.push_back(
        {&rows, 0, {{"model", models.detach()[k]}}, nullptr, [](const StageProgress&) {}});
  }
  stage.optimisers = {&descent.optimiser()};
  stage.inputs = [&](std::span<const Batch> batches) {
    return std::vector{rows.select(batches[0].own_rows()), rows.select(batches[1].own_rows())};
  };
  stage.step = [&](const std::vector<Tensor>& inputs, std::int64_t) {
    const Tensor x = at::stack(inputs);
    const Tensor loss = descent.step((models.unsqueeze(1) - x).square().mean({1, 2}));
    return steps++ == 9 ? loss * at::tensor({1.0, std::nan("")}, at::kDouble) : loss;
  };
  stage.validate = [&] { return (models.detach() - 0.3).square().sum(1); };
  StageOptions options;
  options.name = "number";
  options.batch = 8;
  options.epochs = 3;
  auto results = train_stage(options, stage, Compute());
  const Outcome alone = train(1);
  const auto history = results[0].taken();
  EXPECT_EQ(history.validation_loss, std::vector(alone.losses.begin(), alone.losses.begin() + 3));
  EXPECT_DOUBLE_EQ(models[0].item<double>(), alone.model);
  EXPECT_EQ(tests::message_of([&] { (void)results[1].taken(); }),
            "number: the loss became nan at step 9; a smaller learning rate may help");
}

TEST_F(Looks, BatchesMadeAheadChangeNothing) {
  const Outcome straight = train(1);
  for (const std::int64_t ahead : {1, 3, 100}) {
    EXPECT_EQ(train(2, nullptr, 0, -1, ahead), straight) << ahead;
  }
  for (int stop = 1; stop <= 11; ++stop) {
    auto first = checkpoints();
    EXPECT_THROW((void)train(2, &first, stop, -1, 3), Stopped) << stop;
    set_stop_requested(false);
    auto second = checkpoints();
    EXPECT_EQ(train(2, &second, 0, -1, 3), straight) << stop;
    std::filesystem::remove_all(folder_);
  }
}

TEST_F(Looks, ALossThatIsNotFiniteIsOfItsStep) {
  for (const std::int64_t every : {1, 2, 100}) {
    EXPECT_EQ(tests::message_of([&] { (void)train(every, nullptr, 0, 9); }),
              "number: the loss became nan at step 9; a smaller learning rate may help");
  }
}

}  // namespace
}  // namespace cance::nn
