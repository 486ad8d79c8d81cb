#include "cli/score_judgement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.hpp"
#include "base/plural.hpp"
#include "base/text.hpp"
#include "data_prep/tables/raw_cell.hpp"
#include "stats/judge.hpp"

namespace cance::cli {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

bool is_normal(const std::string& where, const std::string& label,
               const std::vector<std::string>& normal) {
  const prep::RawCell cell = prep::cell_of(label);
  if (normal.empty()) {
    require(cell.number && (*cell.number == 0 || *cell.number == 1),
            "{}: label '{}', expected 0 (normal) or 1; name the normal ones by --normal", where,
            label);
    return *cell.number == 0;
  }
  return std::ranges::any_of(
      normal, [&](const std::string& written) { return prep::is_label(cell, written); });
}

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4f}", value); }

}  // namespace

Judgement judge_scores(const std::string& where, const ScoreTable& table,
                       const std::vector<std::string>& normal) {
  std::map<std::string, bool> known;  // label -> whether it is normal
  for (const std::string& label : table.labels) {
    if (!label.empty() && !known.contains(label)) {
      known[label] = is_normal(where, label, normal);
    }
  }
  require(!known.empty(), "{}: no row has a label (--label)", where);
  Judgement result;
  std::vector<std::string> names;
  std::ranges::transform(known, std::back_inserter(names), [](const auto& i) { return i.first; });
  for (const std::string& written : normal) {
    if (std::ranges::none_of(names, [&](const std::string& name) {
          return prep::is_label(prep::cell_of(name), written);
        })) {
      result.absent.push_back(
          fmt::format("'{}' (--normal){}", written, did_you_mean(written, names)));
    }
  }
  std::map<std::string, std::int32_t> places;
  for (const bool wanted : {true, false}) {
    for (const auto& [name, is] : known) {
      if (is == wanted) {
        result.kinds.push_back({name, is, 0, 0, kNone});
        places[name] = is ? 0 : static_cast<std::int32_t>(result.kinds.size());
      }
    }
  }
  std::vector<std::string> kind_names(result.kinds.size() + 1);
  for (const auto& [name, place] : places) {
    kind_names[static_cast<std::size_t>(place)] = name;
  }
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::int32_t> kinds;
  const auto flags = table.flags();
  for (std::size_t row = 0; row < table.scores.size(); ++row) {
    const std::string& label = table.labels[row];
    if (label.empty()) {
      ++result.unlabelled;
      continue;
    }
    auto& counts = *std::ranges::find(result.kinds, label, &KindCounts::name);
    ++counts.rows;
    counts.flagged += flags[row] == 1 ? 1 : 0;
    const double score = table.scores[row];
    scores.push_back(std::isnan(score) ? std::numeric_limits<double>::max() : score);
    labels.push_back(counts.normal ? 0 : 1);
    kinds.push_back(places.at(label));
  }
  double hits = 0;
  double flagged = 0;
  for (const KindCounts& kind : result.kinds) {
    flagged += static_cast<double>(kind.flagged);
    hits += kind.normal ? 0 : static_cast<double>(kind.flagged);
  }
  const auto anomalous = static_cast<double>(std::ranges::count(labels, 1));
  result.recall = anomalous > 0 ? hits / anomalous : kNone;
  result.precision = result.f1 = result.auroc = result.auprc = kNone;
  if (anomalous > 0 && anomalous < static_cast<double>(labels.size())) {
    result.precision = flagged > 0 ? hits / flagged : kNone;
    result.f1 = 2 * hits / (flagged + anomalous);
    for (const auto& [metric, value] :
         stats::judge(scores, labels, {stats::FlagRule::none, 0, kinds, kind_names})) {
      if (metric == "auroc") {
        result.auroc = value;
      } else if (metric == "auprc") {
        result.auprc = value;
      } else if (metric.starts_with("auroc:")) {
        std::ranges::find(result.kinds, metric.substr(6), &KindCounts::name)->auroc = value;
      }
    }
  }
  return result;
}

std::vector<std::string> describe(const Judgement& judgement) {
  std::vector<std::string> lines;
  const bool normal = judgement.kinds.front().normal;
  if (judgement.kinds.back().normal == normal) {
    double rows = 0;
    double flagged = 0;
    for (const KindCounts& kind : judgement.kinds) {
      rows += static_cast<double>(kind.rows);
      flagged += static_cast<double>(kind.flagged);
    }
    lines.push_back(fmt::format(
        "all rows are {}: {} {:.4f} at this threshold; AUROC, AUPRC, precision and F1 need {} rows "
        "too",
        normal ? "normal" : "anomalous", normal ? "false positive rate" : "recall", flagged / rows,
        normal ? "anomalous" : "normal"));
  } else {
    lines.push_back(
        fmt::format("AUROC {}, AUPRC {}; of the flagged rows precision {}, recall {}, F1 {}",
                    number(judgement.auroc), number(judgement.auprc), number(judgement.precision),
                    number(judgement.recall), number(judgement.f1)));
  }
  lines.push_back(
      fmt::format("  {:<24}{:>10}{:>10}{:>10}{:>10}", "label", "", "rows", "flagged", "AUROC"));
  for (const KindCounts& kind : judgement.kinds) {
    lines.push_back(fmt::format("  {:<24}{:>10}{:>10}{:>10}{:>10}", kind.name,
                                kind.normal ? "normal" : "anomalous", kind.rows, kind.flagged,
                                number(kind.auroc)));
  }
  for (const std::string& label : judgement.absent) {
    lines.push_back("  no row has the label " + label);
  }
  if (judgement.unlabelled > 0) {
    lines.push_back(
        fmt::format("  {} without a label left out", plural(judgement.unlabelled, "row")));
  }
  return lines;
}

}  // namespace cance::cli
