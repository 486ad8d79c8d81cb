// A step that is captured and replayed does what the step itself does, on the inputs of each call;
// a graph that remembers a function stands in for the GPU's.
#include "nn/step_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/log.hpp"
#include "nn/descent.hpp"
#include "tests/nn/recording_graph.hpp"

namespace cance::nn {
namespace {

using at::Tensor;
using tests::graphs_of;
using tests::Recorder;

/// A model of one number: the step adds the sum of the inputs to it, and its loss is the new value.
struct Adder {
  Recorder recorder;
  Tensor model = at::zeros({1}, at::kDouble);

  StepFunction step() {
    return [this](const std::vector<Tensor>& inputs, std::int64_t) {
      Tensor loss = at::zeros({}, at::kDouble);
      const auto run = [this, inputs, loss] {
        model.add_(inputs[0].sum() + inputs[1].sum());
        loss.copy_(model[0]);
      };
      if (recorder.recording) {
        recorder.recorded = run;
      } else {
        run();
      }
      return loss;
    };
  }
};

std::vector<Tensor> inputs(std::int64_t rows, double value) {
  return {at::full({rows}, value, at::kDouble), at::full({1}, 0.5, at::kDouble)};
}

TEST(StepGraph, ReplaysTheStepOnTheInputsOfEachCall) {
  Adder plain;
  Adder replayed;
  StepGraph eager("eager", plain.step(), GraphMaker());
  StepGraph graph("graph", replayed.step(), graphs_of(replayed.recorder));
  std::vector<Tensor> losses;
  for (int i = 0; i < 25; ++i) {
    const std::int64_t rows = i % 5 == 4 ? 3 : 8;  // the last batch of an epoch is smaller
    EXPECT_TRUE(eager.settled(rows));
    EXPECT_EQ(graph.settled(rows), rows == 3 ? i > 19 : i > 3) << "step " << i;
    const Tensor expected = eager(inputs(rows, i), rows);
    losses.push_back(graph(inputs(rows, i), rows));
    EXPECT_EQ(losses.back().item<double>(), expected.item<double>()) << "step " << i;
  }
  EXPECT_NE(losses[8].item<double>(), losses[7].item<double>()) << "losses share their memory";
  EXPECT_EQ(replayed.model.item<double>(), plain.model.item<double>());
  EXPECT_EQ(replayed.recorder.records, 2);           // one of each batch size
  EXPECT_EQ(replayed.recorder.replays, 25 - 2 * 3);  // three of each size warm up
  EXPECT_FALSE(eager.replays());
  EXPECT_TRUE(graph.replays());
}

TEST(StepGraph, TheCpuHasNone) {
  Compute compute;
  compute.graphs = true;
  Adder adder;
  StepGraph graph("graph", adder.step(), graphs_for(compute));
  for (int i = 0; i < 6; ++i) {
    (void)graph(inputs(2, i), 2);
  }
  EXPECT_FALSE(graph.replays());
}

/// Gradient descent on one number, by AdamW; while it is captured the step asks for a number of the
/// device, which no capture bears.
struct Asker {
  Recorder recorder;
  Tensor model = at::zeros({1}, at::kDouble).set_requires_grad(true);
  Descent descent{{model}, AdamW({model}, 0.1, 0), Team()};

  StepFunction step() {
    return [this](const std::vector<Tensor>& inputs, std::int64_t) {
      Tensor loss = (model - inputs[0].mean()).square().sum();
      if (recorder.recording) {
        loss.backward();
        throw c10::Error("operation not permitted when stream is capturing\nstack");
      }
      return descent.step(loss);
    };
  }
};

TEST(StepGraph, AStepThatCannotBeCapturedRunsAsItIs) {
  Asker plain;
  Asker asker;
  StepGraph eager("eager", plain.step(), GraphMaker());
  StepGraph graph("asker", asker.step(), graphs_of(asker.recorder));
  log::configure(log::Level::quiet);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 10; ++i) {
    const std::int64_t rows = i % 5 == 4 ? 3 : 8;
    const Tensor expected = eager(inputs(rows, i), rows);
    EXPECT_EQ(graph(inputs(rows, i), rows).item<double>(), expected.item<double>()) << "step " << i;
  }
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(asker.model.item<double>(), plain.model.item<double>());
  EXPECT_EQ(asker.recorder.records, 1);
  EXPECT_EQ(asker.recorder.abandoned, 1);
  EXPECT_FALSE(graph.replays());
  EXPECT_NE(told.find("asker: its steps cannot be replayed as graphs"), std::string::npos) << told;
  EXPECT_EQ(std::ranges::count(told, '\n'), 1) << told;
}

TEST(StepGraph, MemoryThatRunsOutInACaptureIsTheCallersMatter) {
  Recorder recorder;
  StepGraph graph(
      "hungry",
      [&](const std::vector<Tensor>& read, std::int64_t) {
        if (recorder.recording) {
          throw c10::OutOfMemoryError("CUDA out of memory");
        }
        return read[0].sum();
      },
      graphs_of(recorder));
  for (int i = 0; i < 3; ++i) {
    (void)graph(inputs(2, i), 2);
  }
  EXPECT_THROW((void)graph(inputs(2, 3), 2), c10::OutOfMemoryError);
  EXPECT_EQ(recorder.abandoned, 1);
}

TEST(StepGraph, OneCaptureAtATime) {
  std::atomic<int> capturing = 0;
  std::atomic<int> most = 0;
  class Slow final : public DeviceGraph {
   public:
    Slow(std::atomic<int>& now, std::atomic<int>& high) : capturing_(now), most_(high) {}
    ~Slow() override { EXPECT_FALSE(recording_mutex().try_lock()) << "destroyed without the lock"; }
    void begin() override { most_ = std::max(most_.load(), ++capturing_); }
    void end() override {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      --capturing_;
    }
    void abandon() noexcept override {}
    void replay() override {}

   private:
    std::atomic<int>& capturing_;
    std::atomic<int>& most_;
  };
  const auto lane = [&] {
    const StepFunction step = [](const std::vector<Tensor>& read, std::int64_t) {
      return read[0].sum();
    };
    StepGraph graph("slow", step, [&] { return std::make_unique<Slow>(capturing, most); });
    for (int i = 0; i < 5; ++i) {
      (void)graph(inputs(2, i), 2);
    }
    EXPECT_TRUE(graph.replays());
  };
  std::vector<std::thread> lanes;
  for (int i = 0; i < 3; ++i) {
    lanes.emplace_back(lane);
  }
  for (std::thread& each : lanes) {
    each.join();
  }
  EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace cance::nn
