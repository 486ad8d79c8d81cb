#include "pipeline/plan.hpp"

#include <algorithm>
#include <functional>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "config/load.hpp"
#include "data/split.hpp"
#include "store/run_directory.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {
namespace {

/// Seconds of a cell that has no measured kin: rows times passes, at the rate of one core of 2024.
double modelled_cost(const config::Config& config, double rows) {
  const double autoencoder = config.autoencoder.epochs + 0.5 * config.autoencoder.decoder_epochs;
  const auto densities = static_cast<double>(std::ranges::count_if(
      config.grid.methods, [](const std::string& m) { return m.ends_with("nce"); }));
  return rows * (autoencoder / 6000 + densities * config.nce.epochs / 25000);
}

/// Normal training rows of each case.
double training_rows(const store::DatasetFile& dataset, const config::Cell& cell) {
  const auto& labels = dataset.labels(dataset.parts().front());
  return static_cast<double>(std::ranges::count_if(
      labels, [&cell](std::int32_t label) { return data::is_normal(cell, label); }));
}

void require_same_settings(const store::RunInfo& info, const config::Config& config,
                           const config::Cell& cell, const std::filesystem::path& path,
                           const store::DatasetFile& dataset) {
  const std::string wanted = config::config_text(config::cell_config(config, cell));
  require(
      info.config_hash == sha256(wanted),
      "{}: finished with other settings ({}); use another --out, or --replace to train it again",
      path.string(), config::config_difference(info.config, wanted));
  require(info.dataset_sha256 == data::dataset_sha256(dataset),
          "{}: finished on other data than {}; use another --out, or --replace to train it again",
          path.string(), dataset.path().string());
}

/// Longest first, each to the rank with the least work so far.
void assign(std::vector<PlannedCell>& missing, int ranks) {
  std::ranges::stable_sort(missing, std::greater<>(), &PlannedCell::cost);
  std::vector<double> load(static_cast<std::size_t>(ranks));
  for (PlannedCell& planned : missing) {
    const auto least = std::ranges::min_element(load);
    planned.owner = static_cast<int>(least - load.begin());
    *least += planned.cost;
  }
}

}  // namespace

Plan make_plan(const config::Config& config, const std::vector<config::Cell>& cells,
               const std::filesystem::path& runs, const store::DatasetFile& dataset, bool replace,
               int ranks) {
  Plan plan;
  double measured_seconds = 0;
  double measured_model = 0;
  for (const config::Cell& cell : cells) {
    const double model = modelled_cost(config, training_rows(dataset, cell));
    const auto path = store::run_path(runs, cell.name());
    if (!replace && std::filesystem::exists(path)) {
      const auto info = store::read_run_file(path, store::Detail::info).info;
      require_same_settings(info, config, cell, path, dataset);
      ++plan.finished;
      measured_seconds += info.seconds;
      measured_model += model;
    } else {
      plan.missing.push_back({cell, model, 0});
    }
  }
  plan.measured = plan.finished > 0;
  for (PlannedCell& planned : plan.missing) {
    planned.cost *= plan.measured ? measured_seconds / measured_model : 1;
  }
  assign(plan.missing, ranks);
  return plan;
}

}  // namespace cance::pipeline
