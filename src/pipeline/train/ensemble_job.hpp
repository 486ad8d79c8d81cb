// Joins finished cells into the ensembles that their grids ask for (grid.ensembles).
#pragma once

#include <cstdint>
#include <filesystem>

#include "config/ensembles.hpp"

namespace cance::pipeline {

class EnsembleJob {
 public:
  /// `runs`: the run directory. Errors as of config::grid_ensembles.
  EnsembleJob(const std::vector<config::Experiment>& experiments, std::filesystem::path runs);

  /// Makes the ensembles with this member, or all, of which every member is finished, unless they
  /// are there, made of the same runs. Those that another process makes at the moment are left to
  /// it. Gives how many could not be made; of all, each with a warning.
  [[nodiscard]] std::int64_t make(const std::string& member = "") const;

 private:
  void make(const config::GridEnsemble& ensemble) const;

  std::vector<config::GridEnsemble> ensembles_;
  std::filesystem::path runs_;
};

}  // namespace cance::pipeline
