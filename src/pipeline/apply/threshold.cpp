#include "pipeline/apply/threshold.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "stats/summary.hpp"

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
  return {place->second, run.threshold_rule};
}

Threshold of_normals(const store::RunRecord& run, const std::string& method, double share) {
  const auto place = run.validation_scores.find(method);
  require(place != run.validation_scores.end() && !place->second.empty(),
          "{}: the run keeps no validation scores of {}", run.info.cell, method);
  return {stats::quantile(place->second, 1 - share),
          fmt::format("{:g} % of the validation rows (all normal) score above", 100 * share)};
}

Threshold of_rows(std::span<const double> scores, double share) {
  std::vector<double> descending(scores.begin(), scores.end());
  const auto flagged =
      static_cast<std::size_t>(std::llround(share * static_cast<double>(descending.size())));
  require(flagged > 0 && flagged < descending.size(),
          "--threshold share={:g}: that is {} of {} rows, expected some but not all", share,
          flagged, descending.size());
  const auto place = descending.begin() + static_cast<std::ptrdiff_t>(flagged);
  std::ranges::nth_element(descending, place, std::greater());
  return {*place, fmt::format("the {:g} % of these rows with the highest scores", 100 * share)};
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

Threshold choose_threshold(const ThresholdRule& rule, const store::RunRecord& run,
                           const std::string& method, std::span<const double> scores) {
  switch (rule.kind) {
    case ThresholdRule::Kind::stored:
      return stored(run, method);
    case ThresholdRule::Kind::normals:
      return of_normals(run, method, rule.number);
    case ThresholdRule::Kind::share:
      return of_rows(scores, rule.number);
    default:
      return {rule.number, "given"};
  }
}

}  // namespace cance::pipeline
