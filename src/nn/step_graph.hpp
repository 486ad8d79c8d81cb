// A training step that launches hundreds of small kernels leaves a GPU waiting for the host. The
// same step, captured once in a CUDA graph, is replayed by a single launch.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "nn/compute.hpp"
#include "nn/device_graph.hpp"

namespace cance::nn {

/// One step on these inputs, this rank's part of a global batch of `rows` rows: forward, backward,
/// optimisers. Gives what this rank contributes to the loss, a detached scalar on the device. It
/// depends on nothing but the inputs, `rows` and tensors that keep their place, and never waits for
/// the device, so that it can be captured.
using StepFunction =
    std::function<at::Tensor(const std::vector<at::Tensor>& inputs, std::int64_t rows)>;

class StepGraph {
 public:
  /// Captures where `compute` wants graphs: on a GPU, for a rank alone.
  StepGraph(StepFunction step, const Compute& compute);
  /// Captures in this graph; without one every step runs as it is.
  StepGraph(StepFunction step, std::unique_ptr<DeviceGraph> graph);

  /// The step; with a graph, from the fourth step of a batch size on by replay. Other batch sizes
  /// than the first run as they are.
  [[nodiscard]] at::Tensor operator()(const std::vector<at::Tensor>& inputs, std::int64_t rows);
  [[nodiscard]] bool replays() const { return captured_; }

 private:
  void capture(const std::vector<at::Tensor>& inputs, std::int64_t rows);

  StepFunction step_;
  std::unique_ptr<DeviceGraph> graph_;
  std::int64_t rows_ = 0;  // of the batches that are replayed
  int warm_ups_ = 0;
  bool captured_ = false;
  std::vector<at::Tensor> inputs_;  // that the graph reads
  at::Tensor loss_;                 // that it writes
};

}  // namespace cance::nn
