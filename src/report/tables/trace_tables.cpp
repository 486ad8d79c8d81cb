#include "report/tables/trace_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/methods.hpp"
#include "report/document/files.hpp"
#include "report/runs/aggregate.hpp"
#include "stats/summary.hpp"
#include "store/titles.hpp"

namespace cance::report {
namespace {

double total_seconds(const CellRecord& cell) {
  double seconds = 0;
  for (const Run& run : cell.runs) {
    seconds += run.info.seconds;
  }
  return seconds;
}

/// The row of one run in the table of cells; methods of other runs are left blank.
std::vector<std::string> run_row(const CellGroup& group, const CellRecord& cell, const Run& run) {
  const store::RunInfo& info = run.info;
  std::vector<std::string> row{info.cell, fmt::format("{}", cell.seed)};
  for (const std::string& method : group.methods) {
    row.push_back(run.methods.contains(method) ? share_text(cell.metric(method, lead_metric(group)))
                                               : "");
  }
  row.insert(row.end(), {fmt::format("{}", cell.normals), fmt::format("{}", cell.anomalies),
                         fmt::format("{:.1f}", info.seconds), short_hash(info.config_hash),
                         info.git_commit, info.date, run.file.string()});
  return row;
}

}  // namespace

std::string short_hash(const std::string& hash) { return hash.substr(0, 12); }

TextTable conditioning_table(const CellGroup& group) {
  const auto methods = scaled_methods(group);
  TextTable table{.caption =
                      "Conditioning and learned noise scales a (mean over seeds; a: mean over "
                      "dimensions, largest "
                      "dimension)",
                  .header = {"case", "cond(S(z))", "largest cond(S(z))"}};
  for (const std::string& method : methods) {
    table.header.push_back("a " + config::method_title(method));
    table.header.push_back("max");
  }
  table.header.push_back("seconds a cell");
  for (const std::string& name : group.cases) {
    std::vector<double> condition;
    std::vector<double> seconds;
    std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> scales;
    for (const CellRecord& cell : group.cells) {
      if (cell.case_name == name) {
        if (std::isfinite(cell.latent_condition)) {
          condition.push_back(cell.latent_condition);
        }
        seconds.push_back(total_seconds(cell));
        for (const auto& [method, scale] : cell.noise) {
          if (!scale.empty()) {
            scales[method].first.push_back(stats::summarise(scale).mean);
            scales[method].second.push_back(std::ranges::max(scale));
          }
        }
      }
    }
    std::vector<std::string> row{name, "n/a", "n/a"};
    if (!condition.empty()) {
      row = {name, short_text(mean_sd(condition).mean), short_text(std::ranges::max(condition))};
    }
    for (const std::string& method : methods) {
      row.push_back(share_text(mean_sd(scales[method].first).mean, 3));
      row.push_back(share_text(
          scales[method].second.empty() ? NAN : std::ranges::max(scales[method].second), 3));
    }
    row.push_back(fmt::format("{:.1f}", mean_sd(seconds).mean));
    table.add(row);
  }
  return table;
}

TextTable cells_table(const CellGroup& group, const std::filesystem::path& folder) {
  const std::string metric = lead_metric(group);
  TextTable table{
      .caption = fmt::format("The {} behind these numbers: {} by method, settings and file",
                             plural(group.cells.size(), "cell"),
                             store::metric_title(metric, group.protocol)),
      .header = {"cell", "seed"},
      .align = {Align::left, Align::right}};
  for (const std::string& method : group.methods) {
    table.header.push_back(config::method_title(method));
    table.align.push_back(Align::right);
  }
  table.header.insert(table.header.end(),
                      {"normal", "anomalous", "seconds", "config hash", "commit", "date", "file"});
  table.align.insert(table.align.end(), {Align::right, Align::right, Align::right, Align::left,
                                         Align::left, Align::left, Align::left});
  for (const CellRecord& cell : group.cells) {
    for (const Run& run : cell.runs) {
      table.add(run_row(group, cell, run));
      table.rows.back().back().link = link_to(run.place, folder);
    }
  }
  return table;
}

TextTable training_table(const CellGroup& group) {
  struct Seen {
    std::set<std::int64_t> seeds;
    std::vector<double> epochs, kept, seconds;
  };
  using Order = std::pair<int, std::string>;  // of the method, representation first; its stages
  std::map<Order, Seen> stages;
  for (const CellRecord& cell : group.cells) {
    for (const auto& [name, stage] : cell.stages) {
      Seen& seen = stages[{stage_rank(name), name}];
      seen.seeds.insert(cell.seed);
      seen.epochs.push_back(static_cast<double>(stage.epochs));
      seen.kept.push_back(static_cast<double>(stage.kept));
      seen.seconds.push_back(stage.seconds);
    }
    for (const auto& [method, values] : cell.metrics) {
      const auto own = [&](const auto& item) {
        return config::method_of_stage(item.first) == method;
      };
      if (std::ranges::none_of(cell.stages, own)) {
        stages[{config::method_rank(method), method}].seeds.insert(cell.seed);
      }
    }
  }
  const auto range = [](const std::vector<double>& values) {
    const auto [least, most] = std::ranges::minmax(values);
    return least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most);
  };
  TextTable table;
  table.caption =
      "Training by stage: epochs, the one that was kept (lowest validation loss; 0: none), mean "
      "seconds; no test label has a part in it";
  table.header = {"stage", "seeds", "epochs", "kept", "seconds a cell"};
  for (const auto& [key, seen] : stages) {
    const bool trained = !seen.epochs.empty();
    table.add({config::stage_title(key.second), fmt::format("{}", seen.seeds.size()),
               trained ? range(seen.epochs) : "none", trained ? range(seen.kept) : "",
               trained ? fmt::format("{:.1f}", mean_sd(seen.seconds).mean) : ""});
  }
  return table;
}

TextTable software_table(const CellGroup& group) {
  std::map<std::pair<std::string, std::string>, std::size_t> uses;
  std::vector<Run> runs;
  for (const CellRecord& cell : group.cells) {
    runs.insert(runs.end(), cell.runs.begin(), cell.runs.end());
  }
  for (const Run& run : runs) {
    const store::RunInfo& info = run.info;
    ++uses[{"1 program", fmt::format("{} {}, commit {}", info.software, info.software_version,
                                     info.git_commit)}];
    const auto libraries = mapped(
        info.libraries, [](const auto& library) { return library.first + " " + library.second; });
    ++uses[{"2 libraries", join(libraries, ", ")}];
    ++uses[{"3 settings but case, seed and methods (SHA-256)", run.settings_hash}];
    ++uses[{"4 data set (SHA-256)", info.dataset_sha256}];
    ++uses[{"5 device", fmt::format("{}, {}, {} x {}", info.machine, info.device,
                                    plural(info.ranks, "rank"), plural(info.threads, "thread")) +
                            (info.precision.empty() ? "" : ", " + info.precision)}];
  }
  TextTable table{.caption = "Programs, settings and machines",
                  .header = {"what", "value", "runs"},
                  .align = {Align::left, Align::left, Align::right}};
  for (const auto& [key, count] : uses) {
    table.add({key.first.substr(2), key.second, fmt::format("{}", count)});
  }
  return table;
}

}  // namespace cance::report
