// The grid: every missing cell of a plan, each on its team of ranks, failures recorded, the others
// going on.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "comm/world.hpp"
#include "config/experiment.hpp"
#include "nn/device.hpp"
#include "pipeline/compute_request.hpp"
#include "pipeline/train/cell_job.hpp"
#include "pipeline/train/plan.hpp"

namespace cance::pipeline {

struct ComputeSetup;

struct GridOptions {
  std::filesystem::path data_root;  ///< folder of the dataset files
  std::filesystem::path runs;
  std::filesystem::path stop_mark;
  bool stop_on_failure = false;
  bool show_progress = true;  ///< on rank 0
  double checkpoint_seconds = 60;
  int lanes = 1;             ///< cells that a rank runs side by side, a thread each
  int fuse = 1;              ///< cells of different seeds in one step, as fused_groups has it
  int threads = 1;           ///< of torch, for each lane
  Speeds* speeds = nullptr;  ///< learns what stages take here
};

struct GridResult {
  std::int64_t done = 0;      ///< cells finished by this call, over all ranks
  std::int64_t failed = 0;    ///< cells that failed, over all ranks
  std::int64_t unjoined = 0;  ///< ensembles of finished cells that could not be made
  bool stopped = false;       ///< whether any rank was asked to stop
  double idle_share = 0;      ///< of the time of all lanes: waiting for others at the end
  double overhead_share = 0;  ///< of the busy time: not spent inside cells
  double reduce_share = 0;    ///< of the cells' time: spent in the reductions of teams
};

/// What a grid leaves to others; tests give it parts that fail.
struct GridParts {
  std::function<decltype(run_cell)> cell = run_cell;
  std::function<bool(at::Device)> device_answers = nn::device_answers;
};

/// The ranks of a launch, cut into teams that each have their place to compute.
class Grid {
 public:
  /// Collective. Errors, on all ranks, are those of set_up_compute.
  Grid(const ComputeRequest& request, comm::World& world);
  ~Grid();

  /// Cells that a rank runs side by side, and whether it does so on a GPU.
  [[nodiscard]] int lanes() const;
  [[nodiscard]] bool on_gpu() const;

  /// pipeline::calibrate on this rank's place to compute.
  void calibrate(const std::vector<config::Experiment>& experiments,
                 const std::vector<PlannedCell>& cells, const std::filesystem::path& data_root,
                 Speeds& speeds) const;

  /// Runs the cells of `plan`, each on its team. Collective: all ranks call it with the same plan
  /// and get the same result. A cell for which the memory of a GPU does not suffice beside those of
  /// other lanes is tried once more, on one lane fewer. ProcessLost when the device or a rank of
  /// the team is lost; then no cell has failed of it.
  [[nodiscard]] GridResult run(const std::vector<config::Experiment>& experiments, const Plan& plan,
                               const GridOptions& options, const GridParts& parts = {});

 private:
  comm::World& world_;
  std::unique_ptr<ComputeSetup> setup_;
};

}  // namespace cance::pipeline
