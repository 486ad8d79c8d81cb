#include "nn/step_graph.hpp"

namespace cance::nn {

using at::Tensor;

namespace {

constexpr int kWarmUps = 3;  // libraries allocate their workspaces in the first steps

}  // namespace

StepGraph::StepGraph(StepFunction step, const Compute& compute)
    : StepGraph(std::move(step), compute.graphs && compute.team.alone()
                                     ? make_device_graph(compute.device)
                                     : nullptr) {}

StepGraph::StepGraph(StepFunction step, std::unique_ptr<DeviceGraph> graph)
    : step_(std::move(step)), graph_(std::move(graph)) {}

Tensor StepGraph::operator()(const std::vector<Tensor>& inputs, std::int64_t rows) {
  if (graph_ == nullptr || (rows_ != 0 && rows != rows_)) {
    return step_(inputs, rows);
  }
  rows_ = rows;
  if (warm_ups_ < kWarmUps) {
    ++warm_ups_;
    return step_(inputs, rows);
  }
  if (!captured_) {
    capture(inputs, rows);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    inputs_[i].copy_(inputs[i]);
  }
  graph_->replay();
  return loss_.clone();
}

/// Runs nothing: the first replay is the step.
void StepGraph::capture(const std::vector<Tensor>& inputs, std::int64_t rows) {
  for (const Tensor& input : inputs) {
    inputs_.push_back(input.clone());
  }
  graph_->begin();
  loss_ = step_(inputs_, rows);
  graph_->end();
  captured_ = true;
}

}  // namespace cance::nn
