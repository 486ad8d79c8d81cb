#include "report/tables/paper_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/methods.hpp"
#include "report/runs/aggregate.hpp"
#include "report/tables/score_table.hpp"
#include "stats/judge.hpp"
#include "store/titles.hpp"

namespace cance::report {
namespace {

/// Behind a caption: what its means join.
std::string mixed_note(const CellGroup& group) {
  const std::string mixed = mixed_settings(group);
  return mixed.empty() ? "" : "; " + mixed;
}

constexpr const char* kKindPrefix = "auroc:";
constexpr const char* kKindMean = "auroc_kinds";

bool has_metric(const CellGroup& group, const std::string& metric) {
  return std::ranges::count(metric_names({group}), metric) > 0;
}

TextTable case_table(const CellGroup& group, const std::string& metric, Others others) {
  Columns columns;
  columns.add(group);
  if (others == Others::shown) {
    columns.add_others(group, metric, group.cases);
  }
  std::vector<ScoreRow> rows;
  std::vector<std::string> seeds;
  std::vector<std::string> names(group.cases);
  names.emplace_back(kAverage);
  for (const std::string& name : names) {
    rows.push_back(score_row(name, group, name, metric, columns));
    seeds.push_back(fmt::format("{}", rows.back().seeds()));
  }
  TextTable table =
      score_table(fmt::format("{} by case, {}{}", store::metric_title(metric, group.protocol),
                              group.title(), mixed_note(group)),
                  "case", columns, rows);
  table.summary_rows = 1;
  return with_seeds(std::move(table), seeds);
}

/// The lead metric, then what goes with it; kinds of anomalies have a table of their own.
std::vector<std::string> ordered_metrics(const CellGroup& group) {
  std::vector<std::string> metrics = metric_names({group});
  std::erase_if(metrics, [](const std::string& name) {
    return name.starts_with(kKindPrefix) || name == kKindMean;
  });
  const std::vector<std::string> order{lead_metric(group), "f1",   "precision",
                                       "recall",           kAuroc, kAuprc};
  std::ranges::stable_sort(metrics, {}, [&](const std::string& name) {
    return std::ranges::find(order, name) - order.begin();
  });
  return metrics;
}

/// Methods down, metrics across.
TextTable method_table(const CellGroup& group, Others others) {
  const auto metrics = ordered_metrics(group);
  Columns columns;
  columns.add(group);
  for (const std::string& metric : metrics) {
    if (others == Others::shown) {
      columns.add_others(group, metric, group.cases);
    }
  }
  const auto rows = mapped(metrics, [&](const std::string& metric) {
    return score_row(store::metric_title(metric, group.protocol), group, kAverage, metric, columns);
  });
  return transposed(
      score_table(fmt::format("{}, case {}, n = {}{}", group.title(), group.cases.front(),
                              plural(group.seeds.size(), "seed"), mixed_note(group)),
                  "method", columns, rows));
}

/// AUROC of each kind of anomaly, their mean, and all pooled, for which AUPRC is there too; no rows
/// where kinds are not told apart.
TextTable kinds_table(const CellGroup& group) {
  Columns columns;
  columns.add(group);
  std::vector<ScoreRow> rows;
  for (const std::string& metric : metric_names({group})) {
    if (metric.starts_with(kKindPrefix)) {
      const std::string name = metric.substr(std::string(kKindPrefix).size());
      rows.push_back(score_row(name, group, kAverage, metric, columns));
    }
  }
  if (!rows.empty()) {
    rows.push_back(score_row("mean of kinds", group, kAverage, kKindMean, columns));
    rows.push_back(score_row("pooled", group, kAverage, kAuroc, columns));
    if (has_metric(group, kAuprc)) {
      rows.push_back(score_row("pooled, AUPRC", group, kAverage, kAuprc, columns));
    }
  }
  TextTable table = score_table(fmt::format("AUROC by kind of anomaly, {}, n = {}{}", group.title(),
                                            plural(group.seeds.size(), "seed"), mixed_note(group)),
                                "kind", columns, rows);
  table.summary_rows = rows.empty() ? 0 : has_metric(group, kAuprc) ? 3 : 2;
  return table;
}

}  // namespace

std::string rule_note(const CellGroup& group) {
  const bool flags = lead_metric(group) != kAuroc;
  std::string rule;
  std::string lead;
  switch (stats::flag_rule(group.protocol)) {
    case stats::FlagRule::known:
      rule =
          "goad: half of the normal rows train; the other half and all anomalies are judged, and "
          "as many rows are flagged as are anomalous. ";
      lead = "F1, then equal to precision and recall, leads as in Bergman and Hoshen (2020)";
      break;
    case stats::FlagRule::share:
      rule =
          "dagmm: the normal ones in a random half of all rows train; the other half is judged "
          "as it is, and the share of it is flagged that is set for the data set. ";
      lead = "F1 leads as in Zong et al. (2018)";
      break;
    case stats::FlagRule::normals:
      rule =
          "drocc: all anomalies and as many normal rows are judged, the other normal rows "
          "train, and 20 % are flagged. ";
      lead =
          "F1 leads as in Goyal et al. (2020): it takes the NORMAL rows as the positive class and "
          "compares with no other";
      break;
    case stats::FlagRule::none:
      break;
  }
  return rule + (flags ? lead + "; AUROC and AUPRC need no threshold." : "AUROC leads.");
}

std::vector<TextTable> group_tables(const CellGroup& group, Others others) {
  const TextTable kinds = kinds_table(group);
  if (group.cases.size() > 1) {
    std::vector<TextTable> tables{case_table(group, lead_metric(group), others)};
    if (has_metric(group, kAuprc)) {
      tables.push_back(case_table(group, kAuprc, others));
    }
    if (!kinds.rows.empty()) {
      tables.push_back(kinds);
    }
    return tables;
  }
  if (!kinds.rows.empty() && !has_metric(group, "f1")) {
    return {kinds};  // it has all that there is
  }
  const TextTable methods = method_table(group, others);
  return kinds.rows.empty() ? std::vector{methods} : std::vector{methods, kinds};
}

TextTable published_table(const CellGroup& group) {
  const std::string metric = lead_metric(group);
  TextTable table{
      .caption = fmt::format("Mean {} beside numbers of others",
                             store::metric_title(metric, group.protocol)),
      .header = {"method", "mean " + store::metric_title(metric, group.protocol), "from"},
      .align = {Align::left, Align::right, Align::left}};
  std::vector<std::pair<double, std::vector<Entry>>> rows;
  for (const Published& result : published_results(group.dataset, group.protocol)) {
    const double mean = result.value(kAverage);
    if (result.metric == metric && std::isfinite(mean) && averages_compare(group)) {
      rows.push_back({mean,
                      {{result.method, false, true},
                       {share_text(mean, kQuotedDigits), false, true},
                       {result.source, false, true}}});
    }
  }
  if (rows.empty()) {
    return table;
  }
  for (const std::string& method : group.methods) {
    const MeanSd mean = over_cases(group, method, metric);
    rows.push_back({std::isfinite(mean.mean) ? mean.mean : -1,
                    {{config::method_title(method)}, {mean.text()}, {"these runs"}}});
  }
  std::ranges::stable_sort(rows, std::ranges::greater{}, [](const auto& row) { return row.first; });
  for (auto& [mean, row] : rows) {
    row[1].bold = share_text(mean) == share_text(rows.front().first);
    table.rows.push_back(row);
  }
  return table;
}

std::string sources_note(const std::vector<CellGroup>& groups) {
  std::map<std::string, std::vector<std::string>> methods;
  bool left_out = false;
  bool held_out = false;
  for (const CellGroup& group : groups) {
    for (const Published& result : published_results(group.dataset, group.protocol)) {
      auto& names = methods[result.source];
      held_out = held_out || group.dataset.find("heldout") != std::string::npos;
      left_out = left_out || (result.values.contains(kAverage) && !averages_compare(group));
      if (!contains(names, result.method)) {
        names.push_back(result.method);
      }
    }
  }
  const auto notes = mapped(methods, [](const auto& item) {
    return fmt::format("{} ({})", join(item.second, ", "), item.first);
  });
  return notes.empty() ? ""
                       : "Numbers of others are in italics: " + join(notes, "; ") + "." +
                             (left_out ? " Their averages are over ten classes and left out where "
                                         "fewer are here."
                                       : "") +
                             (held_out ? " They are on the whole test set, ours on held-out rows "
                                         "where the data set is named so."
                                       : "");
}

}  // namespace cance::report
