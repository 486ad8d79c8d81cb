#include "pipeline/train/plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/cast.hpp"
#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "config/automatic.hpp"
#include "config/load.hpp"
#include "data/split.hpp"
#include "pipeline/train/cost.hpp"
#include "pipeline/train/provenance.hpp"
#include "store/finished_runs.hpp"
#include "store/run_directory.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {
namespace {

constexpr double kMilliseconds = 1e3;  // of a second

/// About the rows that data::make_split gives the cell.
detectors::CellSize size_of(const store::DatasetFile& dataset, const config::Cell& cell,
                            double validation_share) {
  const auto& labels = dataset.labels(dataset.parts().front());
  const auto all = static_cast<double>(labels.size());
  const auto normal = static_cast<double>(std::ranges::count_if(
      labels, [&cell](std::int32_t label) { return data::is_normal(cell, label); }));
  double learned = normal;
  double judged = static_cast<double>(dataset.rows(dataset.parts().back()));
  if (cell.protocol == "fit") {
    judged = 0;
  } else if (dataset.parts().size() == 1) {
    learned = cell.protocol == "drocc" ? std::max(0.0, 2 * normal - all) : normal / 2;
    judged = cell.protocol == "dagmm" ? all / 2 : all - learned;
  }
  const double validation = learned * validation_share;
  return {std::max(1.0, learned - validation), dataset.row_shape(), judged + validation};
}

/// The settings without auto, as far as rows and shape decide.
config::Config resolved_for(const config::Config& config, const detectors::CellSize& size) {
  return config::resolved_config(config, std::llround(size.rows), size.row);
}

/// `own`: the settings of the cell.
void require_same_settings(const store::RunInfo& info, const config::Config& own,
                           const config::Cell& cell, const std::filesystem::path& path,
                           const store::DatasetFile& dataset, const std::string& dataset_sha256) {
  std::string difference = config::config_difference(info.config, config::config_text(own));
  if (!difference.empty() && info.chosen.empty()) {  // it may say what is auto now
    const config::Config resolved =
        resolved_for(own, size_of(dataset, cell, own.split.validation_share));
    if (config::config_difference(info.config, config::config_text(resolved)).empty()) {
      difference.clear();
    }
  }
  require(difference.empty(),
          "{}: finished with other settings ({}); use another --out (report takes several folders "
          "and joins them), or --replace to train it again",
          path.string(), difference);
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

/// A cell that is to be planned.
struct Candidate {
  PlannedCell planned;
  const std::vector<std::pair<std::string, double>>* stages = nullptr;  ///< their seconds
  bool follows = false;  ///< takes over the representation that an earlier cell of a sweep trains
};

/// Longest first, behind those that others wait for, each to the team with the least work so far.
void assign(std::vector<Candidate>& cells, int teams) {
  std::ranges::stable_sort(cells, [](const Candidate& a, const Candidate& b) {
    return a.follows == b.follows ? a.planned.cost > b.planned.cost : b.follows;
  });
  std::vector<double> load(static_cast<std::size_t>(teams));
  for (Candidate& cell : cells) {
    const auto least = std::ranges::min_element(load);
    cell.planned.owner = static_cast<int>(least - load.begin());
    *least += cell.planned.cost;
  }
}

/// What cells cost by the model, each kind of them computed once.
class CostModel {
 public:
  CostModel(const std::vector<config::Experiment>& experiments, DataRoot& data,
            const Speeds* speeds)
      : experiments_(experiments), data_(data), speeds_(speeds) {
    for (const config::Experiment& experiment : experiments) {
      settings_.push_back(experiment.variant.empty()
                              ? ""
                              : representation_hash(config::trained_config(experiment.config)));
    }
  }

  Candidate candidate(const config::GridCell& grid_cell) {
    const auto& [cell, experiment] = grid_cell;
    const config::Config& given = experiments_[experiment].config;
    const auto kind = std::tuple(experiment, cell.dataset, cell.protocol, cell.classes);
    auto known = costs_.find(kind);
    if (known == costs_.end()) {
      const store::DatasetFile& dataset = data_.file(cell.dataset);
      const auto split =
          std::tuple(cell.dataset, cell.protocol, cell.classes, given.split.validation_share);
      const auto [size, fresh] = sizes_.try_emplace(split);
      if (fresh) {
        size->second = size_of(dataset, cell, given.split.validation_share);
      }
      const detectors::CellSize& rows = size->second;
      const config::Config config = config::trained_config(resolved_for(given, rows));
      const auto seen = size_of_cell(config, rows.rows, rows.row, rows.scored);
      known = costs_.emplace(kind, stage_seconds(config, seen, speeds_)).first;
    }
    const auto& stages = known->second;
    double cost = 0;
    const bool follows =
        shares_representation(given, cell) && !trained_by_.insert(shared_with(grid_cell)).second;
    for (const auto& [stage, seconds] : stages) {
      cost += follows && stage == kRepresentation ? 0 : seconds;
    }
    return {{cell, experiment, cost, 0}, &stages, follows};
  }

 private:
  /// Where the cells of a sweep that share a representation keep it.
  [[nodiscard]] std::string shared_with(const config::GridCell& grid_cell) const {
    return settings_[grid_cell.experiment] + config::without_variant(grid_cell.cell).name();
  }

  const std::vector<config::Experiment>& experiments_;
  DataRoot& data_;
  const Speeds* speeds_;
  std::vector<std::string> settings_;  // of the representation, by experiment
  std::map<std::tuple<std::size_t, std::string, std::string, config::Classes>,
           std::vector<std::pair<std::string, double>>>
      costs_;
  std::map<std::tuple<std::string, std::string, config::Classes, double>, detectors::CellSize>
      sizes_;
  std::set<std::string> trained_by_;
};

/// The worker's cells at modelled costs, in the grid's order.
std::vector<Candidate> own_cells(CostModel& model, const std::vector<config::GridCell>& cells,
                                 const Worker& worker) {
  std::vector<Candidate> all;
  for (const config::GridCell& cell : cells) {
    all.push_back(model.candidate(cell));
  }
  if (worker.count > 1) {
    assign(all, worker.count);
    std::erase_if(all, [&](const Candidate& cell) { return cell.planned.owner != worker.index; });
  }
  return all;
}

/// Whether the speed of every stage of the cells is known.
bool knows_all(const std::vector<config::Experiment>& experiments,
               const std::vector<config::GridCell>& cells, DataRoot& data, const Speeds& speeds) {
  std::set<std::pair<std::size_t, std::string>> seen;
  return std::ranges::all_of(cells, [&](const config::GridCell& cell) {
    return !seen.emplace(cell.experiment, cell.cell.dataset).second ||
           unknown_stages(experiments[cell.experiment].config,
                          data.file(cell.cell.dataset).row_shape(), speeds)
               .empty();
  });
}

/// Seconds measured and seconds by the model.
struct Measured {
  double seconds = 0, model = 0;
  void add(double measured, double modelled) {
    seconds += measured;
    model += modelled;
  }
};

}  // namespace

Plan make_plan(const std::vector<config::Experiment>& experiments,
               const std::vector<config::GridCell>& cells, const std::filesystem::path& runs,
               DataRoot& data, bool replace, int teams, const Worker& worker,
               const Speeds* speeds) {
  Plan plan;
  plan.timed =
      speeds != nullptr && worker.count == 1 && knows_all(experiments, cells, data, *speeds);
  std::map<std::pair<std::size_t, std::string>, Measured> measured;  // by experiment and data set
  Measured all;
  std::vector<Candidate> missing;
  std::vector<std::string> damaged;
  std::map<std::string, std::string> hashes;  // of data sets
  const store::FinishedRuns known(runs);
  // Whose a cell is must be the same on every machine.
  CostModel model(experiments, data, worker.count > 1 ? nullptr : speeds);
  for (const Candidate& candidate : own_cells(model, cells, worker)) {
    const PlannedCell& planned = candidate.planned;
    const auto path = store::run_path(runs, planned.cell.name());
    if (replace || !std::filesystem::exists(path)) {
      missing.push_back(candidate);
      continue;
    }
    const store::DatasetFile& dataset = data.file(planned.cell.dataset);
    std::string& hash = hashes[planned.cell.dataset];
    hash = hash.empty() ? data::dataset_sha256(dataset) : hash;
    const config::Config own =
        config::cell_config(experiments[planned.experiment].config, planned.cell);
    store::FinishedRun finished{sha256(config::config_text(own)), hash};
    if (const auto noted = known.find(planned.cell.name());
        noted && noted->config_hash == finished.config_hash && noted->dataset_sha256 == hash) {
      finished.seconds = noted->seconds;
    } else {
      const std::string state = store::run_state(runs, planned.cell.name());  // before it is read
      const auto info = read_info(path, planned.cell.name(), damaged);
      if (!info) {
        continue;
      }
      require_same_settings(*info, own, planned.cell, path, dataset, hash);
      finished.seconds = info->seconds;
      store::note_finished(runs, planned.cell.name(), finished, state);
    }
    plan.finished.push_back(planned.cell);
    measured[{planned.experiment, planned.cell.dataset}].add(finished.seconds, planned.cost);
    all.add(finished.seconds, planned.cost);
  }
  require(damaged.empty(), "{}", join(damaged, "\n  "));
  plan.measured = !plan.finished.empty();
  for (Candidate& candidate : missing) {
    PlannedCell& planned = candidate.planned;
    const auto own = measured.find({planned.experiment, planned.cell.dataset});
    const Measured& basis = own == measured.end() ? all : own->second;
    const double pace = plan.measured ? basis.seconds / basis.model : 1;
    planned.cost *= pace;
    for (const auto& [stage, seconds] : *candidate.stages) {
      plan.stages[stage] += candidate.follows && stage == kRepresentation ? 0 : pace * seconds;
    }
  }
  assign(missing, teams);
  for (Candidate& candidate : missing) {
    plan.missing.push_back(std::move(candidate.planned));
  }
  return plan;
}

void share_plan(Plan& plan, const std::vector<config::GridCell>& cells,
                comm::Communicator& communicator) {
  std::map<std::string, std::int64_t> places;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    places.emplace(cells[i].cell.name(), signed_size(i));
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
    const auto& [cell, experiment] = cells[static_cast<std::size_t>(all[i])];
    plan.missing.push_back({.cell = cell,
                            .experiment = experiment,
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
