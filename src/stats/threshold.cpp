#include "stats/threshold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/summary.hpp"

namespace cance::stats {
namespace {

/// So many rows that the share above, of another sample, is within about a quarter of that meant.
constexpr double kRowsPerShare = 20;

}  // namespace

std::string doubt_of(std::size_t rows, double share) {
  const double wanted = std::ceil(kRowsPerShare / share - 1e-9);
  return static_cast<double>(rows) >= wanted
             ? ""
             : fmt::format(
                   "the threshold rests on {} validation rows; with fewer than {:g} the share of "
                   "normal rows above it may differ much from {:g} %",
                   rows, wanted, 100 * share);
}

Threshold threshold_of_normals(std::span<const double> scores, double share) {
  std::vector<double> ascending(scores.begin(), scores.end());
  std::ranges::sort(ascending);
  const auto [value, below] = conformal_threshold(ascending, 1 - share);
  std::string rule =
      fmt::format("{:.3g} % of new normal rows are expected above, by {} validation rows",
                  100 * (1 - below), scores.size());
  if (below < 1 - share - 1e-9) {
    rule += fmt::format(", too few for {:g} %", 100 * share);
  }
  return {value, std::move(rule), doubt_of(scores.size(), share)};
}

}  // namespace cance::stats
