// The paper's tables over all groups.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

#include "base/plural.hpp"
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

/// One metric of these groups by data set and method, with averages; no rows where none has it.
TextTable dataset_table(const std::string& title, const std::vector<CellGroup>& groups,
                        const std::string& metric) {
  Columns columns;
  for (const CellGroup& group : groups) {
    columns.add(group);
    if (group.cases.size() == 1) {
      columns.add_others(group, metric, group.cases);
    } else if (averages_compare(group)) {
      columns.add_others(group, metric, {kAverage});
    }
  }
  std::vector<ScoreRow> rows;
  std::vector<std::string> seeds;
  for (const CellGroup& group : groups) {
    const bool alone = std::ranges::count(groups, group.dataset, &CellGroup::dataset) == 1;
    ScoreRow row =
        score_row(alone ? group.dataset : group.title(), group, kAverage, metric, columns);
    if (!row.empty()) {
      seeds.push_back(fmt::format("{}", row.seeds()));
      rows.push_back(std::move(row));
    }
  }
  if (rows.empty()) {
    return {};
  }
  TextTable table = score_table(title, "data set", columns, rows);
  add_averages(table, rows);
  seeds.resize(table.rows.size());
  table.note = rule_note(groups.front());
  for (const CellGroup& group : groups) {
    const std::string fewer = fewer_cells(group);
    const std::string mixed = mixed_settings(group);
    table.note += fewer.empty() ? ""
                                : fmt::format(" {}: fewer than all {}: {}.", group.dataset,
                                              plural(group.cells.size(), "cell"), fewer);
    table.note += mixed.empty() ? "" : fmt::format(" {}: means over {}.", group.dataset, mixed);
  }
  return with_seeds(std::move(table), seeds);
}

/// Data sets that are tables judged under several rules, each once.
std::vector<std::string> tables_among(const std::vector<CellGroup>& groups) {
  std::map<std::string, std::set<std::string>> rules;
  std::vector<std::string> names;
  for (const CellGroup& group : groups) {
    if (group_kind(group) == GroupKind::table &&
        rules[group.dataset].insert(group.protocol).second && rules[group.dataset].size() == 2) {
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
    const bool alone = std::ranges::count_if(groups, [&](const CellGroup& other) {
                         return other.dataset == dataset && other.protocol == group.protocol;
                       }) == 1;
    const std::string title = alone ? group.protocol : group.title();
    rows.push_back(score_row(title + " " + store::metric_title(metric, group.protocol), group,
                             kAverage, metric, columns));
  });
  return transposed(
      score_table(fmt::format("Tables: {} under every rule", dataset), "method", columns, rows));
}

}  // namespace

std::vector<TextTable> overview_tables(const std::vector<CellGroup>& groups) {
  std::vector<TextTable> tables{ablation_table(groups)};
  const auto those = [&](const auto& shown) {
    std::vector<CellGroup> some;
    std::ranges::copy_if(groups, std::back_inserter(some), shown);
    return some;
  };
  for (const std::string rule : kRules) {
    const auto of_rule = those([&](const CellGroup& group) {
      return group_kind(group) == GroupKind::table && group.protocol == rule;
    });
    for (const char* metric : {"f1", kAuroc, kAuprc}) {
      tables.push_back(dataset_table(
          fmt::format("Tables: {} under the rule {}", store::metric_title(metric, rule), rule),
          of_rule, metric));
    }
  }
  for (const std::string& dataset : tables_among(groups)) {
    tables.push_back(rules_table(dataset, groups));
  }
  std::set<std::string> protocols;
  for (const CellGroup& group : groups) {
    if (!protocols.insert(group.protocol).second) {
      continue;
    }
    const auto alike = those([&](const CellGroup& other) {
      return group_kind(other) == GroupKind::other && other.protocol == group.protocol;
    });
    if (alike.size() > 1) {
      for (const char* metric : {kAuroc, kAuprc}) {
        tables.push_back(dataset_table(
            fmt::format("Protocol {}: {}", group.protocol, store::metric_title(metric, "")), alike,
            metric));
      }
    }
  }
  const auto features =
      those([](const CellGroup& group) { return group_kind(group) == GroupKind::features; });
  for (const char* metric : {kAuroc, kAuprc}) {
    tables.push_back(
        dataset_table("Pretrained features: " + store::metric_title(metric, ""), features, metric));
  }
  std::erase_if(
      tables, [](const TextTable& table) { return table.rows.empty() || table.header.size() < 2; });
  return tables;
}

}  // namespace cance::report
