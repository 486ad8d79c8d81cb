// The grid: every missing cell of a plan, each on its rank, failures recorded, the others going on.
#pragma once

#include <filesystem>

#include "comm/communicator.hpp"
#include "config/cell.hpp"
#include "pipeline/plan.hpp"

namespace cance::pipeline {

struct GridOptions {
  std::filesystem::path data_file;
  std::filesystem::path runs;
  bool stop_on_failure = false;
  bool show_progress = true;  ///< on rank 0
};

struct GridResult {
  std::int64_t done = 0;    ///< cells finished by this call, over all ranks
  std::int64_t failed = 0;  ///< cells that failed, over all ranks
  bool stopped = false;     ///< whether any rank was asked to stop
};

/// Runs this rank's cells of `plan`. Collective: all ranks call it with the same plan and get the
/// same result.
[[nodiscard]] GridResult run_grid(const config::Config& config, const Plan& plan,
                                  const GridOptions& options, comm::Communicator& communicator);

}  // namespace cance::pipeline
