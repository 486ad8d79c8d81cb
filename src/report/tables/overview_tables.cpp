// The paper's tables over all groups.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ranges.hpp"
#include "report/tables/paper_tables.hpp"
#include "report/tables/score_table.hpp"
#include "store/titles.hpp"

namespace cance::report {
namespace {

constexpr std::array kRules{"goad", "dagmm", "drocc"};  // in the order of what they tell

/// Lead metric of the Error, LatNCE, CNCE and CANCE ablation, a row a group.
TextTable ablation_table(const std::vector<CellGroup>& groups) {
  const Columns columns{{"error", "latnce", "cnce", "cance"}, {}};
  std::vector<ScoreRow> rows;
  std::vector<std::string> cases;
  for (const CellGroup& group : groups) {
    if (group_kind(group) != GroupKind::table) {
      ScoreRow row = score_row(group.title(), group, kAverage, kAuroc, columns);
      if (!row.empty()) {
        rows.push_back(std::move(row));
        cases.push_back(fmt::format("{}", group.cases.size()));
      }
    }
  }
  TextTable table = score_table("Ablation: average AUROC by data set", "data set", columns, rows);
  insert_column(table, "cases", cases);
  return table;
}

/// One metric of the groups of one kind, and of one rule where it is given, by method and data set.
TextTable groups_table(const std::string& caption, const std::vector<CellGroup>& groups,
                       GroupKind kind, const std::string& rule, const std::string& metric) {
  Columns columns;
  std::vector<ScoreRow> rows;
  const auto shown = [&](const CellGroup& group) {
    return group_kind(group) == kind && (rule.empty() || group.protocol == rule);
  };
  for (const CellGroup& group : groups) {
    if (shown(group)) {
      columns.add(group);
      if (group.cases.size() == 1) {
        columns.add_others(group, metric, group.cases);
      } else if (averages_compare(group)) {
        columns.add_others(group, metric, {kAverage});
      }
    }
  }
  for (const CellGroup& group : groups) {
    if (shown(group)) {
      rows.push_back(score_row(rule.empty() ? group.title() : group.dataset, group, kAverage,
                               metric, columns));
    }
  }
  TextTable table = score_table(caption, rule.empty() ? "data set" : "method", columns, rows);
  return rule.empty() ? upright(table, "method") : transposed(table);
}

/// Data sets that are tables, each once.
std::vector<std::string> tables_among(const std::vector<CellGroup>& groups) {
  std::vector<std::string> names;
  for (const CellGroup& group : groups) {
    if (group_kind(group) == GroupKind::table && !contains(names, group.dataset)) {
      names.push_back(group.dataset);
    }
  }
  return names;
}

/// All metrics of a data set by rule, methods down. Under goad precision, recall and F1 are one.
TextTable rules_table(const std::string& dataset, const std::vector<CellGroup>& groups) {
  Columns columns;
  std::vector<ScoreRow> rows;
  const auto each = [&](const auto& visit) {
    for (const std::string rule : kRules) {
      for (const CellGroup& group : groups) {
        if (group.dataset == dataset && group.protocol == rule) {
          for (const std::string metric : {"f1", "precision", "recall", kAuroc}) {
            if (rule != "goad" || (metric != "precision" && metric != "recall")) {
              visit(group, metric);
            }
          }
        }
      }
    }
  };
  each([&](const CellGroup& group, const std::string& metric) {
    columns.add(group);
    columns.add_others(group, metric, group.cases);
  });
  each([&](const CellGroup& group, const std::string& metric) {
    rows.push_back(score_row(group.protocol + " " + store::metric_title(metric, group.protocol),
                             group, kAverage, metric, columns));
  });
  return transposed(
      score_table(fmt::format("Tables: {} under every rule", dataset), "method", columns, rows));
}

}  // namespace

std::vector<TextTable> overview_tables(const std::vector<CellGroup>& groups) {
  std::vector<TextTable> tables{ablation_table(groups)};
  for (const char* rule : kRules) {
    const std::string title = store::metric_title("f1", rule);
    tables.push_back(groups_table(fmt::format("Tables: {} under the rule {}", title, rule), groups,
                                  GroupKind::table, rule, "f1"));
  }
  for (const std::string& dataset : tables_among(groups)) {
    tables.push_back(rules_table(dataset, groups));
  }
  tables.push_back(
      groups_table("Pretrained features: AUROC", groups, GroupKind::features, "", kAuroc));
  std::erase_if(
      tables, [](const TextTable& table) { return table.rows.empty() || table.header.size() < 2; });
  return tables;
}

}  // namespace cance::report
