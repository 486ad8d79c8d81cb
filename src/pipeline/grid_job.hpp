// The grid: every missing cell of a plan, each on its team of ranks, failures recorded, the others
// going on.
#pragma once

#include <filesystem>

#include "comm/communicator.hpp"
#include "config/cell.hpp"
#include "pipeline/plan.hpp"

namespace cance::pipeline {

struct GridOptions {
  std::filesystem::path data_file;
  std::filesystem::path runs;
  std::filesystem::path stop_mark;
  bool stop_on_failure = false;
  bool show_progress = true;  ///< on rank 0
  double checkpoint_seconds = 60;
  int lanes = 1;    ///< cells that a rank runs side by side, a thread each
  int threads = 1;  ///< of torch, for each lane
};

struct GridResult {
  std::int64_t done = 0;      ///< cells finished by this call, over all ranks
  std::int64_t failed = 0;    ///< cells that failed, over all ranks
  bool stopped = false;       ///< whether any rank was asked to stop
  double idle_share = 0;      ///< of the time of all lanes: waiting for others at the end
  double overhead_share = 0;  ///< of the busy time: not spent inside cells
  double reduce_share = 0;    ///< of the cells' time: spent in the reductions of teams
};

/// Runs the cells of `plan` that belong to this rank's team: ranks [k W, (k + 1) W) are team k.
/// Collective over `world`: all ranks call it with the same plan and get the same result.
[[nodiscard]] GridResult run_grid(const config::Config& config, const Plan& plan,
                                  const GridOptions& options, comm::Communicator& world,
                                  int ranks_per_run);

}  // namespace cance::pipeline
