// A step that is captured and replayed does what the step itself does, on the inputs of each call;
// a graph that remembers a function stands in for the GPU's.
#include "nn/step_graph.hpp"

#include <gtest/gtest.h>

namespace cance::nn {
namespace {

using at::Tensor;

/// What is recorded between begin and end.
struct Recorder {
  bool recording = false;
  int records = 0, replays = 0;
  std::function<void()> recorded;
};

class RecordingGraph final : public DeviceGraph {
 public:
  explicit RecordingGraph(Recorder& recorder) : recorder_(recorder) {}
  void begin() override {
    recorder_.recording = true;
    ++recorder_.records;
  }
  void end() override { recorder_.recording = false; }
  void replay() override {
    ++recorder_.replays;
    recorder_.recorded();
  }

 private:
  Recorder& recorder_;
};

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
  StepGraph eager(plain.step(), std::unique_ptr<DeviceGraph>());
  StepGraph graph(replayed.step(), std::make_unique<RecordingGraph>(replayed.recorder));
  std::vector<Tensor> losses;
  for (int i = 0; i < 10; ++i) {
    const std::int64_t rows = i % 5 == 4 ? 3 : 8;  // the last batch of an epoch is smaller
    const Tensor expected = eager(inputs(rows, i), rows);
    losses.push_back(graph(inputs(rows, i), rows));
    EXPECT_EQ(losses.back().item<double>(), expected.item<double>()) << "step " << i;
  }
  EXPECT_NE(losses[8].item<double>(), losses[7].item<double>()) << "losses share their memory";
  EXPECT_EQ(replayed.model.item<double>(), plain.model.item<double>());
  EXPECT_EQ(replayed.recorder.records, 1);
  EXPECT_EQ(replayed.recorder.replays, 5);  // of ten steps, three warm up and two are smaller
  EXPECT_FALSE(eager.replays());
  EXPECT_TRUE(graph.replays());
}

TEST(StepGraph, TheCpuHasNone) {
  Compute compute;
  compute.graphs = true;
  Adder adder;
  StepGraph graph(adder.step(), compute);
  for (int i = 0; i < 6; ++i) {
    (void)graph(inputs(2, i), 2);
  }
  EXPECT_FALSE(graph.replays());
}

}  // namespace
}  // namespace cance::nn
