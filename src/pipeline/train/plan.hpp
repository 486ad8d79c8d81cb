// What is left to do in a run directory, and who does it. Static and deterministic: longest first
// on the least loaded team.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "config/experiment.hpp"
#include "pipeline/train/data_root.hpp"
#include "pipeline/train/speeds.hpp"

namespace cance::pipeline {

struct PlannedCell {
  config::Cell cell;
  std::size_t experiment = 0;  ///< whose settings it has
  double cost = 0;             ///< seconds, estimated
  int owner = 0;               ///< team that runs it
};

struct Plan {
  std::vector<PlannedCell> missing;  ///< in the order in which they are started
  std::vector<config::Cell> finished;
  std::map<std::string, double> stages;  ///< of the missing: seconds of each method, all cells
  bool measured = false;  ///< whether costs come from finished cells of the same kind
  bool timed = false;     ///< whether they come from what stages took on this machine
};

/// Which part of the grid this job does: jobs share a grid without talking.
struct Worker {
  int index = 0;
  int count = 1;
};

/// Compares the cells, whose data sets are there, with the run files under `runs`. Errors, unless
/// `replace` (then all cells count as missing): a finished cell of other settings, with the
/// difference; damaged run files, all of them. Of several workers each sees its own cells only;
/// whose a cell is does not depend on what is finished. In a sweep the first cell of those that
/// share a representation comes before the others. Costs are the model's times what `speeds` know.
[[nodiscard]] Plan make_plan(const std::vector<config::Experiment>& experiments,
                             const std::vector<config::GridCell>& cells,
                             const std::filesystem::path& runs, DataRoot& data, bool replace,
                             int teams, const Worker& worker = {}, const Speeds* speeds = nullptr);
/// Makes the plan of rank 0 that of all ranks: who runs what is the same everywhere, however the
/// files change meanwhile. Collective.
void share_plan(Plan& plan, const std::vector<config::GridCell>& cells,
                comm::Communicator& communicator);
/// How much longer the busiest team works than the average one, as a share.
[[nodiscard]] double imbalance(const Plan& plan, int teams);

}  // namespace cance::pipeline
