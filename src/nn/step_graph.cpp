#include "nn/step_graph.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace cance::nn {

using at::Tensor;

namespace {

constexpr int kWarmUps = 3;  // libraries allocate their workspaces in the first steps

class TeamGraph final : public DeviceGraph {
 public:
  TeamGraph(std::unique_ptr<DeviceGraph> own, const Team& team, at::Device device)
      : own_(std::move(own)), team_(team), device_(device) {}
  void begin() override {
    team_.record(true);
    own_->begin();
  }
  void end() override {
    own_->end();
    team_.record(false);
    require(agreed(true), "another rank of the team could not record it");
  }
  void abandon() noexcept override {
    team_.record(false);
    own_->abandon();
    try {
      (void)agreed(false);
    } catch (const std::exception&) {  // a rank was lost: the next sum says so
    }
  }
  void replay() override {
    own_->replay();
    team_.watch_replay(device_);
  }

 private:
  /// Whether all ranks recorded their step; asked once.
  bool agreed(bool recorded) {
    double failed = recorded ? 0 : 1;
    if (!std::exchange(asked_, true)) {
      team_.sum(std::span(&failed, 1));
    }
    return failed == 0;
  }

  std::unique_ptr<DeviceGraph> own_;
  Team team_;
  at::Device device_;
  bool asked_ = false;
};

}  // namespace

GraphMaker team_graphs(GraphMaker make, const Team& team, at::Device device) {
  return [make = std::move(make), team, device] {
    return std::make_unique<TeamGraph>(make(), team, device);
  };
}

GraphMaker graphs_for(const Compute& compute) {
  if (!compute.graphs || !compute.team.can_record() || compute.device.is_cpu()) {
    return {};
  }
  GraphMaker own = [device = compute.device] { return make_device_graph(device); };
  return compute.team.alone() ? own : team_graphs(std::move(own), compute.team, compute.device);
}

StepGraph::StepGraph(std::string name, StepFunction step, GraphMaker make)
    : name_(std::move(name)), step_(std::move(step)), make_(std::move(make)) {}

StepGraph::~StepGraph() { forget_graphs(); }

Tensor StepGraph::operator()(const std::vector<Tensor>& inputs, std::int64_t rows) {
  if (!make_) {
    return step_(inputs, rows);
  }
  Recording& own = recordings_[rows];
  if (own.graph == nullptr && (own.warm_ups < kWarmUps || !capture(own, inputs, rows))) {
    ++own.warm_ups;
    return step_(inputs, rows);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    own.inputs[i].copy_(inputs[i]);
  }
  own.graph->replay();
  return own.loss.clone();
}

bool StepGraph::settled(std::int64_t rows) const {
  const auto found = recordings_.find(rows);
  return !make_ || (found != recordings_.end() && found->second.graph != nullptr);
}

bool StepGraph::replays() const {
  return std::ranges::any_of(recordings_,
                             [](const auto& of) { return of.second.graph != nullptr; });
}

/// Runs nothing: the first replay is the step. False where the step cannot be captured.
bool StepGraph::capture(Recording& own, const std::vector<Tensor>& inputs, std::int64_t rows) {
  for (const Tensor& input : inputs) {
    own.inputs.push_back(input.clone());
  }
  std::string problem;
  {
    const std::lock_guard lock(recording_mutex());
    auto graph = make_();
    try {
      graph->begin();
      own.loss = step_(own.inputs, rows);
      graph->end();
      own.graph = std::move(graph);
      return true;
    } catch (const c10::OutOfMemoryError&) {  // not for what the step does
      graph->abandon();
      throw;
    } catch (const ProcessLost&) {
      graph->abandon();
      throw;
    } catch (const std::exception& error) {
      graph->abandon();
      problem = first_line(error.what());
    }
  }
  log::warn("{}: its steps cannot be replayed as graphs and run one operator at a time, slower: {}",
            name_, problem);
  forget_graphs();
  make_ = nullptr;
  return false;
}

void StepGraph::forget_graphs() {
  const std::lock_guard lock(recording_mutex());
  for (auto& [rows, recording] : recordings_) {
    recording.graph.reset();
  }
}

}  // namespace cance::nn
