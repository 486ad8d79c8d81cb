#include "pipeline/apply/threshold.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.hpp"

namespace cance::pipeline {
namespace {

/// The share behind "name=", if the words begin so.
std::optional<double> share_in(const std::string& words, const std::string& name) {
  if (!words.starts_with(name + "=")) {
    return std::nullopt;
  }
  const auto share = parse_number<double>(words.substr(name.size() + 1));
  require(share && *share > 0 && *share < 1, "--threshold {}: expected a share between 0 and 1",
          words);
  return share;
}

Threshold stored(const store::RunRecord& run, const std::string& method) {
  const auto place = run.thresholds.find(method);
  require(place != run.thresholds.end(), "{}: the run has no threshold of {}", run.info.cell,
          method);
  const auto validation = run.validation_scores.find(method);
  if (validation == run.validation_scores.end()) {
    return {place->second, run.threshold_rule};
  }
  const auto above = std::ranges::count_if(validation->second,
                                           [&](double score) { return score > place->second; });
  return {place->second,
          fmt::format("{}; {} of its {} validation rows score above", run.threshold_rule, above,
                      validation->second.size()),
          stats::doubt_of(validation->second.size(), kStoredShare)};
}

Threshold of_normals(const store::RunRecord& run, const std::string& method, double share) {
  const auto place = run.validation_scores.find(method);
  require(place != run.validation_scores.end() && !place->second.empty(),
          "{}: the run keeps no validation scores of {}", run.info.cell, method);
  return threshold_of_normals(place->second, share);
}

std::size_t flagged_of(std::size_t rows, double share) {
  return static_cast<std::size_t>(std::llround(share * static_cast<double>(rows)));
}

Threshold of_rows(std::span<const double> scores, const ThresholdRule& rule_of_share) {
  require_some_flagged(rule_of_share, scores.size());
  const double share = rule_of_share.number;
  std::vector<double> descending(scores.begin(), scores.end());
  const std::size_t flagged = flagged_of(scores.size(), share);
  std::ranges::sort(descending, std::greater());
  const double least = descending[flagged - 1];
  const auto [first, last] = std::ranges::equal_range(descending, least, std::greater());
  const auto above = static_cast<std::size_t>(last - descending.begin());
  std::string rule = fmt::format("the {:g} % of these rows with the highest scores", 100 * share);
  if (above > flagged) {
    rule += fmt::format(
        " are {}, but {} rows tie at the score of the last, so {:.3g} % are flagged", flagged,
        last - first, 100 * static_cast<double>(above) / static_cast<double>(descending.size()));
  }
  const double below = last == descending.end() ? std::nextafter(least, -HUGE_VAL) : *last;
  return {below, std::move(rule)};
}

}  // namespace

ThresholdRule parse_threshold(const std::string& words) {
  using Kind = ThresholdRule::Kind;
  if (words == "stored") {
    return {Kind::stored, 0};
  }
  if (const auto share = share_in(words, "normals")) {
    return {Kind::normals, *share};
  }
  if (const auto share = share_in(words, "share")) {
    return {Kind::share, *share};
  }
  const auto value = parse_number<double>(words);
  require(value && std::isfinite(*value),
          "--threshold '{}': expected stored, normals=SHARE, share=SHARE or a number", words);
  return {Kind::value, *value};
}

void require_some_flagged(const ThresholdRule& rule, std::size_t rows) {
  if (rule.kind == ThresholdRule::Kind::share) {
    const std::size_t flagged = flagged_of(rows, rule.number);
    require(flagged > 0 && flagged < rows,
            "--threshold share={:g}: that is {} of {} rows, expected some but not all", rule.number,
            flagged, rows);
  }
}

double rows_enough(const ThresholdRule& rule) {
  return rule.kind == ThresholdRule::Kind::share
             ? std::ceil(0.5 / std::min(rule.number, 1 - rule.number)) + 1
             : 0;
}

Threshold choose_threshold(const ThresholdRule& rule, const store::RunRecord& run,
                           const std::string& method, std::span<const double> scores) {
  switch (rule.kind) {
    case ThresholdRule::Kind::stored:
      return stored(run, method);
    case ThresholdRule::Kind::normals:
      return of_normals(run, method, rule.number);
    case ThresholdRule::Kind::share:
      return of_rows(scores, rule);
    default:
      return {rule.number, "given"};
  }
}

}  // namespace cance::pipeline
