// The score above which a row is flagged, by scores of held-out normal rows.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace cance::stats {

struct Threshold {
  double value = 0;
  std::string rule;        ///< in words, true of the rows that it comes from
  std::string doubt = {};  ///< why the rule may not hold, if it may not
};

/// Of new normal rows above the threshold that a run stores for each method.
inline constexpr double kStoredShare = 0.05;

/// Above which `share` of new normal rows are expected to score, by the scores of validation rows,
/// all normal, at least one, in any order. The rule says how many rows there are, and what share
/// that is where they are too few for the one asked for.
[[nodiscard]] Threshold threshold_of_normals(std::span<const double> scores, double share);

/// Why a threshold of so many normal rows may let another share than `share` of new ones above;
/// empty where they are enough.
[[nodiscard]] std::string doubt_of(std::size_t rows, double share);

}  // namespace cance::stats
