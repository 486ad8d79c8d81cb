#include "stats/summary.hpp"

#include <cmath>
#include <limits>
#include <numeric>

namespace cance::stats {

Summary summarise(std::span<const double> values) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Summary summary{.n = values.size(), .mean = kNone, .deviation = kNone};
  const auto n = static_cast<double>(values.size());
  if (!values.empty()) {
    summary.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  }
  if (values.size() >= 2) {
    double squares = 0;
    for (const double value : values) {
      squares += (value - summary.mean) * (value - summary.mean);
    }
    summary.deviation = std::sqrt(squares / (n - 1));
  }
  return summary;
}

}  // namespace cance::stats
