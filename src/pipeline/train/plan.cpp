#include "pipeline/train/plan.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include "base/cast.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "data/split.hpp"
#include "pipeline/train/cost.hpp"
#include "store/run_directory.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {
namespace {

constexpr double kMilliseconds = 1e3;  // of a second

/// Normal rows of the cell in the part that it trains on, an upper bound of its training rows.
double training_rows(const store::DatasetFile& dataset, const config::Cell& cell) {
  const auto& labels = dataset.labels(dataset.parts().front());
  const auto normal = std::ranges::count_if(
      labels, [&cell](std::int32_t label) { return data::is_normal(cell, label); });
  return static_cast<double>(std::max<std::ptrdiff_t>(1, normal));
}

void require_same_settings(const store::RunInfo& info, const config::Config& config,
                           const config::Cell& cell, const std::filesystem::path& path,
                           const store::DatasetFile& dataset, const std::string& dataset_sha256) {
  const std::string wanted = config::config_text(config::cell_config(config, cell));
  require(config::renewed_text(info.config) == wanted,
          "{}: finished with other settings ({}); use another --out (report takes several folders "
          "and joins them), or --replace to train it again",
          path.string(), config::config_difference(info.config, wanted));
  require(info.dataset_sha256 == dataset_sha256,
          "{}: finished on other data than {}, or by an earlier build; use another --out, or "
          "--replace to "
          "train it again",
          path.string(), dataset.path().string());
}

/// What a run file says of itself, or nothing and a line in `faults` where it is damaged.
std::optional<store::RunInfo> read_info(const std::filesystem::path& path, const std::string& cell,
                                        std::vector<std::string>& faults) {
  try {
    return store::read_run_file(path, store::Detail::info).info;
  } catch (const Error& error) {
    faults.push_back(fmt::format(
        "{}; a damaged file can be removed, or its cell trained again with --replace --only '{}'",
        error.what(), cell));
    return std::nullopt;
  }
}

/// Longest first, each to the team with the least work so far.
void assign(std::vector<PlannedCell>& cells, int teams) {
  std::ranges::stable_sort(cells, std::greater<>(), &PlannedCell::cost);
  std::vector<double> load(static_cast<std::size_t>(teams));
  for (PlannedCell& planned : cells) {
    const auto least = std::ranges::min_element(load);
    planned.owner = static_cast<int>(least - load.begin());
    *least += planned.cost;
  }
}

/// The worker's cells at modelled costs, in the grid's order.
std::vector<PlannedCell> own_cells(const config::Config& config,
                                   const std::vector<config::Cell>& cells,
                                   const store::DatasetFile& dataset, const Worker& worker) {
  std::vector<PlannedCell> all;
  for (const config::Cell& cell : cells) {
    all.push_back(
        {cell, cell_seconds(config, {training_rows(dataset, cell), dataset.row_shape()}), 0});
  }
  if (worker.count > 1) {
    assign(all, worker.count);
    std::erase_if(all, [&](const PlannedCell& planned) { return planned.owner != worker.index; });
  }
  return all;
}

}  // namespace

Plan make_plan(const config::Config& config, const std::vector<config::Cell>& cells,
               const std::filesystem::path& runs, const store::DatasetFile& dataset, bool replace,
               int teams, const Worker& worker) {
  Plan plan;
  double measured_seconds = 0;
  double measured_model = 0;
  std::vector<std::string> damaged;
  const std::string dataset_sha256 = data::dataset_sha256(dataset);
  for (const PlannedCell& planned : own_cells(config, cells, dataset, worker)) {
    const auto path = store::run_path(runs, planned.cell.name());
    if (replace || !std::filesystem::exists(path)) {
      plan.missing.push_back(planned);
    } else if (const auto info = read_info(path, planned.cell.name(), damaged)) {
      require_same_settings(*info, config, planned.cell, path, dataset, dataset_sha256);
      plan.finished.push_back(planned.cell);
      measured_seconds += info->seconds;
      measured_model += planned.cost;
    }
  }
  require(damaged.empty(), "{}", join(damaged, "\n  "));
  plan.measured = !plan.finished.empty();
  for (PlannedCell& planned : plan.missing) {
    planned.cost *= plan.measured ? measured_seconds / measured_model : 1;
  }
  assign(plan.missing, teams);
  return plan;
}

void share_plan(Plan& plan, const config::GridSettings& grid, comm::Communicator& communicator) {
  const auto cells = config::grid_cells(grid);
  std::map<std::string, std::int64_t> places;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    places.emplace(cells[i].name(), signed_size(i));
  }
  std::vector<std::int64_t> flat;  // of each cell: its place in the grid, its owner, milliseconds
  for (const PlannedCell& planned : plan.missing) {
    flat.insert(flat.end(), {places.at(planned.cell.name()), planned.owner,
                             std::llround(planned.cost * kMilliseconds)});
  }
  const bool root = communicator.rank() == 0;
  const auto all = communicator.all_gather(
      std::span<const std::int64_t>(root ? flat : std::vector<std::int64_t>{}));
  plan.missing.clear();
  for (std::size_t i = 0; i + 2 < all.size(); i += 3) {
    plan.missing.push_back({.cell = cells[static_cast<std::size_t>(all[i])],
                            .cost = static_cast<double>(all[i + 2]) / kMilliseconds,
                            .owner = static_cast<int>(all[i + 1])});
  }
}

double imbalance(const Plan& plan, int teams) {
  std::vector<double> load(static_cast<std::size_t>(teams));
  double total = 0;
  for (const PlannedCell& planned : plan.missing) {
    load[static_cast<std::size_t>(planned.owner)] += planned.cost;
    total += planned.cost;
  }
  return total > 0 ? *std::ranges::max_element(load) * teams / total - 1 : 0;
}

}  // namespace cance::pipeline
