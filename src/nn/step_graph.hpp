// A training step that launches hundreds of small kernels leaves a GPU waiting for the host. The
// same step, captured once in a CUDA graph, is replayed by a single launch.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nn/compute.hpp"
#include "nn/device_graph.hpp"

namespace cance::nn {

/// One step on these inputs, this rank's part of a global batch of `rows` rows: forward, backward,
/// optimisers. Gives what this rank contributes to the loss, a detached scalar on the device. It
/// depends on nothing but the inputs, `rows` and tensors that stay where they are, and never waits
/// for the device, so that it can be captured.
using StepFunction =
    std::function<at::Tensor(const std::vector<at::Tensor>& inputs, std::int64_t rows)>;

using GraphMaker = std::function<std::unique_ptr<DeviceGraph>()>;
/// Graphs where `compute` wants them: on a GPU, for a rank alone or a team that sums by NCCL; else
/// nothing.
[[nodiscard]] GraphMaker graphs_for(const Compute& compute);
/// For steps with sums over a team, each of a graph of `make`: all ranks record a step or none, as
/// NCCL may sum recorded numbers in another way. `end` and `abandon` are collective.
[[nodiscard]] GraphMaker team_graphs(GraphMaker make, const Team& team, at::Device device);

class StepGraph {
 public:
  /// Captures in graphs of this maker; without one every step runs as it is. `name`: of what steps.
  StepGraph(std::string name, StepFunction step, GraphMaker make);
  ~StepGraph();
  StepGraph(const StepGraph&) = delete;
  StepGraph& operator=(const StepGraph&) = delete;

  /// The step; with graphs, from the fourth step of each batch size on by replay. A step that
  /// cannot be captured is logged once, and all steps run as they are.
  [[nodiscard]] at::Tensor operator()(const std::vector<at::Tensor>& inputs, std::int64_t rows);
  /// Whether no further step of so many rows will be captured.
  [[nodiscard]] bool settled(std::int64_t rows) const;
  /// Whether any step has been captured.
  [[nodiscard]] bool replays() const;

 private:
  /// The steps of one batch size.
  struct Recording {
    int warm_ups = 0;
    std::unique_ptr<DeviceGraph> graph;  // none yet
    std::vector<at::Tensor> inputs;      // that the graph reads
    at::Tensor loss;                     // that it writes
  };

  [[nodiscard]] bool capture(Recording& own, const std::vector<at::Tensor>& inputs,
                             std::int64_t rows);
  void forget_graphs();

  std::string name_;
  StepFunction step_;
  GraphMaker make_;
  std::map<std::int64_t, Recording> recordings_;  // by rows
};

}  // namespace cance::nn
