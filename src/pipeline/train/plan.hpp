// What is left to do in a run directory, and who does it. Static and deterministic: longest first
// on the least loaded team.
#pragma once

#include <filesystem>
#include <vector>

#include "comm/communicator.hpp"
#include "config/cell.hpp"
#include "store/dataset_file.hpp"

namespace cance::pipeline {

struct PlannedCell {
  config::Cell cell;
  double cost = 0;  ///< seconds, estimated
  int owner = 0;    ///< team that runs it
};

struct Plan {
  std::vector<PlannedCell> missing;  ///< in the order in which they are started
  std::vector<config::Cell> finished;
  bool measured = false;  ///< whether costs come from finished cells of the same kind
};

/// Which part of the grid this job does: jobs share a grid without talking.
struct Worker {
  int index = 0;
  int count = 1;
};

/// Compares the grid with the run files under `runs`. Errors, unless `replace` (then all cells
/// count as missing): a finished cell of other settings, with the difference; damaged run files,
/// all of them. Of several workers each sees its own cells only; whose a cell is does not depend on
/// what is finished.
[[nodiscard]] Plan make_plan(const config::Config& config, const std::vector<config::Cell>& cells,
                             const std::filesystem::path& runs, const store::DatasetFile& dataset,
                             bool replace, int teams, const Worker& worker = {});
/// Makes the plan of rank 0 that of all ranks: who runs what is the same everywhere, however the
/// files change meanwhile. Collective.
void share_plan(Plan& plan, const config::GridSettings& grid, comm::Communicator& communicator);
/// How much longer the busiest team works than the average one, as a share.
[[nodiscard]] double imbalance(const Plan& plan, int teams);

}  // namespace cance::pipeline
