#include "report/report.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/atomic_file.hpp"
#include "base/log.hpp"
#include "base/ranges.hpp"
#include "report/document/files.hpp"
#include "report/runs/aggregate.hpp"
#include "report/tables/paper_tables.hpp"
#include "report/tables/variants.hpp"

namespace cance::report {
namespace {

/// Columns of settings: those that variants of sweeps name, and all others on which two runs
/// differ.
class SettingColumns {
 public:
  explicit SettingColumns(const std::vector<CellGroup>& groups) : swept_(swept_settings(groups)) {
    std::vector<const Run*> runs;
    std::vector<archive::RunSettings> settings;
    for (const CellGroup& group : groups) {
      for (const CellRecord& cell : group.cells) {
        for (const Run& run : cell.runs) {
          runs.push_back(&run);
          settings.push_back({group.variant, run.settings});
        }
      }
    }
    const auto columns = archive::setting_columns(settings);
    std::set<std::string> others;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      for (const auto& [name, value] : columns[i]) {
        if (!contains(swept_, name)) {
          others.insert(name);
        }
      }
      of_runs_.emplace(runs[i], columns[i]);
    }
    others_.assign(others.begin(), others.end());
  }

  [[nodiscard]] const std::vector<std::string>& swept() const { return swept_; }
  [[nodiscard]] const std::vector<std::string>& others() const { return others_; }
  /// Of runs that a row joins; of none what the group's variant says.
  [[nodiscard]] std::vector<std::string> swept_of(const CellGroup& group,
                                                  const std::vector<const Run*>& runs) const {
    return runs.empty() ? swept_values(group, swept_) : values_of(swept_, runs);
  }
  [[nodiscard]] std::vector<std::string> others_of(const std::vector<const Run*>& runs) const {
    return values_of(others_, runs);
  }

 private:
  [[nodiscard]] std::vector<std::string> values_of(const std::vector<std::string>& names,
                                                   const std::vector<const Run*>& runs) const {
    archive::Settings joined;
    for (const Run* run : runs) {
      archive::join_settings(joined, of_runs_.at(run));
    }
    return mapped(names, [&](const std::string& name) {
      const auto found = joined.find(name);
      return found == joined.end() ? "" : found->second;
    });
  }

  std::vector<std::string> swept_, others_;
  std::map<const Run*, archive::Settings> of_runs_;
};

void append(std::vector<std::string>& row, const auto& more) {
  row.insert(row.end(), std::begin(more), std::end(more));
}

/// One row a cell and method, all metrics to full precision, and all settings that differ.
TextTable cell_rows(const std::vector<CellGroup>& groups, const SettingColumns& settings) {
  const auto metrics = metric_names(groups);
  TextTable table{.header = {"dataset", "protocol", "representation", "case", "seed", "method"}};
  append(table.header, settings.swept());
  append(table.header, metrics);
  table.header.insert(table.header.end(), {"normal", "anomalous", "latent_condition", "seconds",
                                           "config_hash", "file"});
  append(table.header, settings.others());
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
        append(row, settings.swept_of(group, {&run}));
        for (const std::string& metric : metrics) {
          row.push_back(csv_number(cell.metric(method, metric)));
        }
        row.insert(row.end(), {fmt::format("{}", cell.normals), fmt::format("{}", cell.anomalies),
                               csv_number(cell.latent_condition), csv_number(run.info.seconds),
                               run.info.config_hash, run.file.string()});
        append(row, settings.others_of({&run}));
        table.add(std::move(row));
      }
    }
  }
  return table;
}

/// The runs that the mean of a method over a case, or over all, joins.
std::vector<const Run*> joined_runs(const CellGroup& group, const std::string& case_name,
                                    const std::string& method) {
  std::vector<const Run*> runs;
  for (const CellRecord& cell : group.cells) {
    if (cell.metrics.contains(method) && (case_name == kAverage || cell.case_name == case_name)) {
      runs.push_back(&cell.run_of(method));
    }
  }
  return runs;
}

/// One row a case, method and metric, and one for the average over cases; then those of others.
/// The column settings: how many of a method its mean joins, one unless they are mixed.
TextTable summary_rows(const std::vector<CellGroup>& groups, const SettingColumns& settings) {
  TextTable table{.header = {"dataset", "protocol", "representation", "case", "method", "metric",
                             "seeds", "mean", "sd", "source", "settings"}};
  append(table.header, settings.swept());
  append(table.header, settings.others());
  const auto add = [&](const CellGroup& group, const std::string& name, const std::string& method,
                       const std::string& metric, const MeanSd& value, const std::string& source) {
    if (std::isfinite(value.mean)) {
      const std::vector<const Run*> runs =
          value.n == 0 ? std::vector<const Run*>() : joined_runs(group, name, method);
      std::set<std::string> hashes;
      for (const Run* run : runs) {
        hashes.insert(run->methods.at(method));
      }
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
                                   value.n == 0 ? "" : fmt::format("{}", hashes.size())};
      append(row, settings.swept_of(group, runs));
      append(row, settings.others_of(runs));
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
  const SettingColumns settings(gathered.groups);
  write_text_files({{options.out / "auroc.csv", to_csv(cell_rows(gathered.groups, settings))},
                    {options.out / "summary.csv", to_csv(summary_rows(gathered.groups, settings))},
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
