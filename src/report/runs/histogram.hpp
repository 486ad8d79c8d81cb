// Test scores of one method as a histogram, of a size that does not depend on the number of rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "report/plot/scale.hpp"

namespace cance::report {

/// Share of the normal and of the anomalous test rows in equal bins along an axis; rows outside
/// count in the end bins. Scores may reach a thousand times beyond those of normal rows: the axis
/// is about linear over the middle 90 % of the normal rows, logarithmic beyond.
struct Histogram {
  Scale axis{0, 1};
  std::vector<double> normal, anomalous;
  double threshold = 0;  ///< above which a row is flagged; NaN where the run has none

  /// Where bin `b` begins; of their number, where the last one ends.
  [[nodiscard]] double edge(std::size_t b) const {
    return axis.value(static_cast<double>(b) / static_cast<double>(normal.size()));
  }
};

[[nodiscard]] Histogram histogram_of(const std::vector<double>& scores,
                                     const std::vector<std::uint8_t>& labels, double threshold);

}  // namespace cance::report
