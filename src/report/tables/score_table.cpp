#include "report/tables/score_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/ranges.hpp"
#include "config/methods.hpp"
#include "stats/method_tests.hpp"

namespace cance::report {
namespace {

/// "LSA (published)".
std::string quoted_title(const Published& result) {
  return fmt::format("{} ({})", result.method, result.source.substr(0, result.source.find(':')));
}

/// The entry of a score; absent numbers of others are left blank.
Entry entry_of(const Score& score, double best) {
  const bool known = std::isfinite(score.value.mean);
  return {score.quoted && !known
              ? ""
              : (score.quoted ? score.value.text(kQuotedDigits) : score.value.text()),
          known && share_text(score.value.mean) == share_text(best), score.quoted};
}

/// The name and the scores, the best bold.
std::vector<Entry> entries_of(const ScoreRow& row) {
  double best = -std::numeric_limits<double>::infinity();
  for (const Score& score : row.scores) {
    best = std::isfinite(score.value.mean) ? std::max(best, score.value.mean) : best;
  }
  std::vector<Entry> entries{{row.name}};
  std::ranges::transform(row.scores, std::back_inserter(entries),
                         [best](const Score& score) { return entry_of(score, best); });
  return entries;
}

}  // namespace

void Columns::add(const CellGroup& group) {
  for (const std::string& method : group.methods) {
    if (!contains(methods, method)) {
      methods.push_back(method);
    }
  }
  std::ranges::stable_sort(methods, {}, config::method_rank);
}

void Columns::add_others(const CellGroup& group, const std::string& metric,
                         const std::vector<std::string>& cases) {
  for (const Published& result : published_results(group.dataset, group.protocol)) {
    const std::string title = quoted_title(result);
    const bool shown =
        result.metric == metric && std::ranges::any_of(cases, [&](const std::string& name) {
          return result.values.contains(name);
        });
    if (shown && !contains(others, title)) {
      others.push_back(title);
    }
  }
}

bool averages_compare(const CellGroup& group) { return group.cases.size() >= kAveragedCases; }

std::size_t ScoreRow::seeds() const {
  std::size_t most = 0;
  for (const Score& score : scores) {
    most = std::max(most, score.value.n);
  }
  return most;
}

bool ScoreRow::empty() const {
  return std::ranges::none_of(scores,
                              [](const Score& score) { return std::isfinite(score.value.mean); });
}

ScoreRow score_row(const std::string& name, const CellGroup& group, const std::string& case_name,
                   const std::string& metric, const Columns& columns) {
  ScoreRow row{name, {}};
  const bool average = case_name == kAverage && group.cases.size() > 1;
  const std::string& one = case_name == kAverage ? group.cases.front() : case_name;
  for (const std::string& method : columns.methods) {
    row.scores.push_back(
        {average ? over_cases(group, method, metric) : over_seeds(group, one, method, metric)});
  }
  const auto results = published_results(group.dataset, group.protocol);
  for (const std::string& title : columns.others) {
    const auto found = std::ranges::find_if(results, [&](const Published& result) {
      return result.metric == metric && quoted_title(result) == title;
    });
    const bool known = found != results.end() && (!average || averages_compare(group));
    const double value =
        known ? found->value(average ? kAverage : one) : std::numeric_limits<double>::quiet_NaN();
    row.scores.push_back({{value, std::nullopt, 0}, true});
  }
  return row;
}

TextTable score_table(const std::string& caption, const std::string& corner, const Columns& columns,
                      const std::vector<ScoreRow>& rows) {
  TextTable table{.caption = caption, .header = {corner}};
  std::ranges::transform(columns.methods, std::back_inserter(table.header), config::method_title);
  table.header.insert(table.header.end(), columns.others.begin(), columns.others.end());
  table.rows = mapped(rows, entries_of);
  return table;
}

void insert_column(TextTable& table, const std::string& name,
                   const std::vector<std::string>& texts) {
  table.header.insert(table.header.begin() + 1, name);
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    table.rows[r].insert(table.rows[r].begin() + 1, {texts[r]});
  }
}

void add_averages(TextTable& table, const std::vector<ScoreRow>& rows) {
  if (rows.size() < 2) {
    return;
  }
  const std::size_t columns = rows.front().scores.size();
  std::vector<std::size_t> ranked;
  std::vector<double> averages(columns);
  for (std::size_t c = 0; c < columns; ++c) {
    for (const ScoreRow& row : rows) {
      averages[c] += row.scores[c].value.mean / static_cast<double>(rows.size());
    }
    if (std::isfinite(averages[c]) && !rows.front().scores[c].quoted) {
      ranked.push_back(c);
    }
  }
  ScoreRow average{"average", {}};
  for (std::size_t c = 0; c < columns; ++c) {
    average.scores.push_back({{averages[c], std::nullopt, 0}, rows.front().scores[c].quoted});
  }
  table.rows.push_back(entries_of(average));
  table.summary_rows = 1;
  if (ranked.size() < 2) {
    return;
  }
  std::vector<double> values;
  for (const ScoreRow& row : rows) {
    std::ranges::transform(ranked, std::back_inserter(values),
                           [&](std::size_t c) { return row.scores[c].value.mean; });
  }
  const auto ranks = stats::friedman({rows.size(), ranked.size(), std::move(values)}).ranks;
  const auto text = [](double rank) { return fmt::format("{:.2f}", rank); };
  std::vector<Entry> entries(1 + columns);
  entries.front().text = "average rank";
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    entries[1 + ranked[i]] = {text(ranks[i]), text(ranks[i]) == text(std::ranges::min(ranks))};
  }
  table.rows.push_back(std::move(entries));
  table.summary_rows = 2;
}

TextTable with_seeds(TextTable table, const std::vector<std::string>& seeds) {
  insert_column(table, "seeds", seeds);
  if (table.header.size() - 1 <= table.rows.size()) {
    return table;
  }
  TextTable turned = transposed(table);
  turned.header.front() = "method";
  std::ranges::rotate(turned.rows, turned.rows.begin() + 1);
  turned.summary_rows = 1;
  return turned;
}

}  // namespace cance::report
