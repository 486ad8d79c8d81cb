#include "pipeline/train/ensemble_job.hpp"

#include <algorithm>

#include "archive/ensemble.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/named_lock.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "hdf5/seal.hpp"
#include "store/run_directory.hpp"

namespace cance::pipeline {

EnsembleJob::EnsembleJob(const std::vector<config::Experiment>& experiments,
                         std::filesystem::path runs)
    : ensembles_(config::grid_ensembles(experiments)), runs_(std::move(runs)) {}

std::int64_t EnsembleJob::make(const std::string& member) const {
  std::int64_t failed = 0;
  for (const config::GridEnsemble& ensemble : ensembles_) {
    if (!member.empty() && !contains(ensemble.members, member)) {
      continue;
    }
    try {
      make(ensemble);
    } catch (const std::exception& error) {  // the members are finished all the same
      if (member.empty()) {
        log::warn("{}: {}", ensemble.cell, error.what());
        store::write_failure(runs_, ensemble.cell, first_line(error.what()));
        store::clear_checkpoints(runs_, ensemble.cell);  // its lock
      }
      ++failed;
    }
  }
  return failed;
}

void EnsembleJob::make(const config::GridEnsemble& ensemble) const {
  const auto files = mapped(
      ensemble.members, [&](const std::string& member) { return store::run_path(runs_, member); });
  const auto exists = [](const std::filesystem::path& file) {
    return std::filesystem::exists(file);
  };
  const auto path = store::run_path(runs_, ensemble.cell);
  const auto is_made = [&] {
    return exists(path) && archive::is_ensemble_of(path, mapped(files, hdf5::content_sha256));
  };
  if (!std::ranges::all_of(files, exists) || is_made()) {
    return;
  }
  const auto lock = NamedLock::try_lock(store::checkpoint_folder(runs_, ensemble.cell) / "lock");
  if (!lock || is_made()) {
    return;
  }
  archive::Ensembles made = archive::make_ensembles(archive::find_runs(files), ensemble.request);
  if (!made.left_out.empty()) {
    fail("a member cannot be used: {}: {}", made.left_out.front().file,
         made.left_out.front().reason);
  }
  require(made.runs.size() == 1 && made.alone.empty(), "its members differ in more than {}",
          join(config::ensemble_keys(ensemble.request.over), ", "));
  store::RunRecord& run = made.runs.front();
  run.info.cell = ensemble.cell;
  run.info.default_variant.clear();
  store::write_run_file(path, run);
  store::clear_failure(runs_, ensemble.cell);
  log::info("{}: {}", ensemble.cell, archive::ensemble_summary(run));
  store::clear_checkpoints(runs_, ensemble.cell);
}

}  // namespace cance::pipeline
