#include "report/report.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/atomic_file.hpp"
#include "base/log.hpp"
#include "config/load.hpp"
#include "report/document/files.hpp"
#include "report/runs/aggregate.hpp"
#include "report/tables/paper_tables.hpp"
#include "report/tables/variants.hpp"

namespace cance::report {
namespace {

/// Settings by their keys, of each settings text; those that all texts have alike are left out, and
/// those of the grid, which are the cells' own.
struct DifferentSettings {
  std::set<std::string> keys;
  std::map<std::string, std::map<std::string, std::string>> values;  ///< by hash and key
};

DifferentSettings different_settings(const Gathered& gathered) {
  DifferentSettings settings;
  std::map<std::pair<std::string, std::string>, std::size_t> texts;  // that say this of this key
  for (const auto& [hash, text] : gathered.settings) {
    for (const auto& change : config::config_changes("", text)) {
      const std::string value = change.after.value_or("");
      settings.values[hash][change.key] = value;
      ++texts[{change.key, value}];
    }
  }
  for (const auto& [setting, count] : texts) {
    if (count < settings.values.size() && !setting.first.starts_with("grid.")) {
      settings.keys.insert(setting.first);
    }
  }
  return settings;
}

/// One row a cell and method, all metrics to full precision, and all settings that differ.
TextTable cell_rows(const Gathered& gathered) {
  const std::vector<CellGroup>& groups = gathered.groups;
  const DifferentSettings settings = different_settings(gathered);
  const auto metrics = metric_names(groups);
  const auto swept = swept_settings(groups);
  TextTable table{.header = {"dataset", "protocol", "representation", "case", "seed", "method"}};
  table.header.insert(table.header.end(), swept.begin(), swept.end());
  table.header.insert(table.header.end(), metrics.begin(), metrics.end());
  table.header.insert(table.header.end(), {"normal", "anomalous", "latent_condition", "seconds",
                                           "config_hash", "file"});
  table.header.insert(table.header.end(), settings.keys.begin(), settings.keys.end());
  for (const CellGroup& group : groups) {
    for (const CellRecord& cell : group.cells) {
      for (const std::string& method : group.methods) {
        if (!cell.metrics.contains(method)) {
          continue;
        }
        const Run& run = cell.run_of(method);
        std::vector<std::string> row{group.dataset,
                                     group.protocol,
                                     group.representation,
                                     cell.case_name,
                                     fmt::format("{}", cell.seed),
                                     method};
        const auto values = swept_values(group, swept);
        row.insert(row.end(), values.begin(), values.end());
        for (const std::string& metric : metrics) {
          row.push_back(csv_number(cell.metric(method, metric)));
        }
        row.insert(row.end(), {fmt::format("{}", cell.normals), fmt::format("{}", cell.anomalies),
                               csv_number(cell.latent_condition), csv_number(run.info.seconds),
                               run.info.config_hash, run.file.string()});
        for (const std::string& key : settings.keys) {
          const auto& own = settings.values.at(run.settings_hash);
          row.push_back(own.contains(key) ? own.at(key) : "");
        }
        table.add(std::move(row));
      }
    }
  }
  return table;
}

/// How many settings of a method a mean over a case, or over all, joins: one, unless they are
/// mixed.
std::string settings_count(const CellGroup& group, const std::string& case_name,
                           const std::string& method) {
  std::set<std::string> hashes;
  for (const CellRecord& cell : group.cells) {
    if (cell.metrics.contains(method) && (case_name == kAverage || cell.case_name == case_name)) {
      hashes.insert(cell.run_of(method).methods.at(method));
    }
  }
  return fmt::format("{}", hashes.size());
}

/// One row a case, method and metric, and one for the average over cases; then those of others.
TextTable summary_rows(const std::vector<CellGroup>& groups) {
  TextTable table{.header = {"dataset", "protocol", "representation", "case", "method", "metric",
                             "seeds", "mean", "sd", "source", "settings"}};
  const auto swept = swept_settings(groups);
  table.header.insert(table.header.end(), swept.begin(), swept.end());
  const auto add = [&](const CellGroup& group, const std::string& name, const std::string& method,
                       const std::string& metric, const MeanSd& value, const std::string& source) {
    if (std::isfinite(value.mean)) {
      std::vector<std::string> row{group.dataset,
                                   group.protocol,
                                   group.representation,
                                   name,
                                   method,
                                   metric,
                                   value.n == 0 ? "" : fmt::format("{}", value.n),
                                   exact_text(value.mean),
                                   value.sd ? exact_text(*value.sd) : "",
                                   source,
                                   value.n == 0 ? "" : settings_count(group, name, method)};
      const auto values = swept_values(group, swept);
      row.insert(row.end(), values.begin(), values.end());
      table.add(std::move(row));
    }
  };
  const std::string ours = "these runs";
  for (const CellGroup& group : groups) {
    for (const std::string& metric : metric_names({group})) {
      for (const std::string& method : group.methods) {
        for (const std::string& name : group.cases) {
          add(group, name, method, metric, over_seeds(group, name, method, metric), ours);
        }
        add(group, kAverage, method, metric, over_cases(group, method, metric), ours);
      }
    }
    for (const Published& result : published_results(group.dataset, group.protocol)) {
      for (const auto& [name, value] : result.values) {
        add(group, name, result.method, result.metric, {value, std::nullopt, 0}, result.source);
      }
    }
  }
  return table;
}

}  // namespace

ReportResult write_report(const ReportOptions& options) {
  const Gathered gathered = gather(options.paths, options.newest);
  const Document document = make_document(gathered, options.title, options.out);
  ReportResult result{options.out / "index.html", "", gathered.cell_count(),
                      gathered.skipped.size()};
  for (const CellGroup& group : gathered.groups) {
    if (const std::string mixed = mixed_settings(group); !mixed.empty()) {
      log::warn("{}: means over {}; one of the settings alone: give its run files", group.title(),
                mixed);
    }
    for (const TextTable& table : group_tables(group, Others::hidden)) {
      result.plain += result.plain.empty() ? "" : "\n";
      result.plain += to_plain(table);
    }
  }
  std::set<std::filesystem::path> outdated = earlier_files(options.out);
  each_file(document, options.out, [&](const TextFile& file) {  // may be thousands
    write_text_file(file.target, file.text, /*durable=*/false);
    outdated.erase(file.target);
  });
  write_text_files({{options.out / "auroc.csv", to_csv(cell_rows(gathered))},
                    {options.out / "summary.csv", to_csv(summary_rows(gathered.groups))},
                    {options.out / "tables.csv", tables_to_csv(document)},
                    {options.out / "report.md", to_markdown(document)},
                    {options.out / "report.tex", to_latex(document)},
                    {result.page, to_html(document)}});
  for (const std::filesystem::path& file : outdated) {
    std::error_code ignored;  // it may be gone
    std::filesystem::remove(file, ignored);
  }
  return result;
}

}  // namespace cance::report
