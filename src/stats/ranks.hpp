// What the rank statistics share: exact mid-ranks, and the check of scores against 0/1 labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cance::stats {

/// Twice the mid-rank (from 1) of each value: ties share the mean of their ranks, doubled it is an
/// integer. No value may be NaN.
[[nodiscard]] std::vector<std::int64_t> doubled_mid_ranks(std::span<const double> values);

struct ClassCounts {
  std::size_t normal = 0;
  std::size_t anomalous = 0;
};

/// Counts labels 0 (normal) and 1 (anomalous). Throws: other sizes or labels, a score that is NaN.
[[nodiscard]] ClassCounts count_classes(std::span<const double> scores,
                                        std::span<const std::uint8_t> labels);

/// Row numbers by falling score; ties keep their order.
[[nodiscard]] std::vector<std::size_t> order_by_falling_score(std::span<const double> scores);

}  // namespace cance::stats
