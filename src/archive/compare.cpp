#include "archive/compare.hpp"

#include <cmath>
#include <map>
#include <tuple>

#include "base/error.hpp"
#include "config/load.hpp"
#include "stats/summary.hpp"

namespace cance::archive {
namespace {

using ByCell = std::map<std::string, const Member*>;
using Key = std::tuple<std::string, std::string, std::string, std::string, std::string>;

ByCell by_cell(const std::vector<Member>& members) {
  require_cells_once(members);
  ByCell cells;
  for (const Member& member : members) {
    cells.emplace(member.info.cell, &member);
  }
  return cells;
}

std::map<std::pair<std::string, std::string>, double> metric_values(const Member& member) {
  std::map<std::pair<std::string, std::string>, double> values;
  for (const store::Metric& metric : member.metrics) {
    values[{metric.method, metric.metric}] = metric.value;
  }
  return values;
}

/// Values of both sides over the seeds of a case.
struct Series {
  std::vector<double> a, b;
};

CompareRow row_of(const Key& key, const Series& series) {
  CompareRow row;
  std::tie(row.dataset, row.protocol, row.case_name, row.method, row.metric) = key;
  row.a = stats::summarise(series.a);
  row.b = stats::summarise(series.b);
  row.difference = row.b.mean - row.a.mean;
  row.margin = stats::welch_margin(row.a, row.b);
  row.verdict = series.a == series.b                     ? Verdict::same
                : std::isnan(row.margin)                 ? Verdict::unknown
                : std::abs(row.difference) <= row.margin ? Verdict::noise
                                                         : Verdict::beyond;
  return row;
}

bool same_data(const store::RunInfo& a, const store::RunInfo& b) {
  return a.dataset_sha256 == b.dataset_sha256 && a.split_sha256 == b.split_sha256;
}

}  // namespace

std::string verdict_text(const CompareRow& row, double tolerance) {
  const bool fell = row.difference < -tolerance;
  const char* const drop = fell ? ", drop beyond the tolerance" : "";
  switch (row.verdict) {
    case Verdict::same:
      return "same";
    case Verdict::noise:
      return fmt::format("within seed noise{}", drop);
    case Verdict::beyond:
      return fmt::format("beyond seed noise{}", fell ? ", REGRESSION" : "");
    default:
      return fmt::format("one seed{}", drop);
  }
}

CompareResult compare(const std::vector<Member>& a, const std::vector<Member>& b) {
  const ByCell left = by_cell(a);
  ByCell right = by_cell(b);
  CompareResult result;
  std::map<Key, Series> series;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> changes;
  for (const auto& [cell, member] : left) {
    const auto twin = right.find(cell);
    if (twin == right.end()) {
      result.only_a.push_back(cell);
      continue;
    }
    ++result.cells;
    if (!same_data(member->info, twin->second->info)) {
      result.other_data.push_back(cell);
    }
    const auto own = metric_values(*member);
    auto others = metric_values(*twin->second);
    for (const auto& [name, value] : own) {
      const auto other = others.find(name);
      if (other == others.end()) {
        result.only_a.push_back(fmt::format("{} {} {}", cell, name.first, name.second));
        continue;
      }
      const store::RunInfo& info = member->info;
      Series& values =
          series[{info.dataset, info.protocol, info.case_name, name.first, name.second}];
      values.a.push_back(value);
      values.b.push_back(other->second);
      others.erase(other);
    }
    for (const auto& [name, value] : others) {
      result.only_b.push_back(fmt::format("{} {} {}", cell, name.first, name.second));
    }
    for (const auto& change :
         config::config_changes(member->info.config, twin->second->info.config)) {
      ++changes[{change.key, change.before.value_or(""), change.after.value_or("")}];
    }
    right.erase(twin);
  }
  for (const auto& [cell, member] : right) {
    result.only_b.push_back(cell);
  }
  require(result.cells > 0, "the two have no cell in common; the first has {}, the second {}",
          left.begin()->first, by_cell(b).begin()->first);
  for (const auto& [key, values] : series) {
    result.rows.push_back(row_of(key, values));
  }
  for (const auto& [change, cells] : changes) {
    result.settings.push_back(
        {std::get<0>(change), std::get<1>(change), std::get<2>(change), cells});
  }
  return result;
}

}  // namespace cance::archive
