#include "archive/outside_scores.hpp"

#include <algorithm>

#include "archive/member.hpp"
#include "base/error.hpp"
#include "config/methods.hpp"
#include "stats/threshold.hpp"

namespace cance::archive {
namespace {

/// Scores in the order of `rows`, each of which has one.
std::vector<double> by_row(const std::string& cell, const std::string& part,
                           const std::map<std::int64_t, double>& scores,
                           const std::vector<std::int64_t>& rows) {
  std::vector<double> ordered;
  for (const std::int64_t row : rows) {
    const auto place = scores.find(row);
    require(place != scores.end(), "{}: no score of its {} row {}; expected one of each of {} rows",
            cell, part, row, rows.size());
    ordered.push_back(place->second);
  }
  for (const auto& [row, score] : scores) {
    require(scores.size() == rows.size() || std::ranges::binary_search(rows, row),
            "{}: row {} is none of its {} {} rows", cell, row, rows.size(), part);
  }
  return ordered;
}

}  // namespace

void require_outside_name(const std::string& method) {
  constexpr std::string_view kOthers = "_-";
  const bool plain = !method.empty() && std::ranges::all_of(method, [&](unsigned char c) {
    return std::isalnum(c) != 0 || kOthers.find(static_cast<char>(c)) != std::string_view::npos;
  });
  require(plain, "--method '{}': expected a name of letters, digits, '_' and '-'", method);
  require(!config::is_method(method),
          "--method {}: that is a method of this program; take another name, as pyod_{}", method,
          method);
}

void add_scores(store::RunRecord& run, const std::string& method, const OutsideScores& scores,
                const store::ScoreOrigin& origin) {
  const std::string& cell = run.info.cell;
  auto own =
      std::ranges::find(run.scores, method, &std::pair<std::string, std::vector<double>>::first);
  require(own == run.scores.end() || run.origins.contains(method),
          "{}: it has scores of {} already, which no other program made; take another name", cell,
          method);
  std::vector<double> judged = by_row(cell, "test", scores.test, run.index), held;
  if (!scores.validation.empty()) {
    require(!run.split.train_part.empty(),
            "{}: the run file is of a version that does not say which rows were held out; leave "
            "their scores away",
            cell);
    held = by_row(cell, "validation", scores.validation, run.split.validation);
  }
  if (own == run.scores.end()) {
    own = run.scores.insert(own, {method, {}});
  }
  own->second = std::move(judged);
  std::erase_if(run.metrics, [&](const auto& metric) { return metric.method == method; });
  std::ranges::move(metrics_of(run, method, own->second), std::back_inserter(run.metrics));
  run.thresholds.erase(method);
  run.validation_scores.erase(method);
  if (!held.empty()) {
    run.thresholds[method] = stats::threshold_of_normals(held, stats::kStoredShare).value;
    if (!run.validation_in_row_order) {
      std::ranges::sort(held);
    }
    run.validation_scores[method] = std::move(held);
  }
  run.origins[method] = origin;
}

}  // namespace cance::archive
