// All methods at once: average ranks, Friedman's test, critical differences (Demsar 2006).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/figures/figures.hpp"
#include "report/runs/blocks.hpp"

namespace cance::report {

struct Ranking {
  std::vector<std::string> methods;  ///< best average rank first
  std::vector<double> ranks;         ///< 1 = best
  std::size_t n = 0;                 ///< blocks
  double statistic = 0, p = 1;       ///< Friedman's chi squared and its p
  double critical = 0;               ///< Nemenyi's critical difference at .05
};

/// Over the blocks in which every method has a value; absent below three methods or two blocks.
[[nodiscard]] std::optional<Ranking> ranking(const Blocks& blocks);

/// Average ranks on an axis, best at the right, with bars over methods that are not told apart.
[[nodiscard]] Figure ranking_figure(const Ranking& ranking, const std::string& unit);

}  // namespace cance::report
