#include "stats/summary.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
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

double mean_margin(const Summary& summary, double confidence) {
  if (summary.n < 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const auto n = static_cast<double>(summary.n);
  const boost::math::students_t student(n - 1);
  return boost::math::quantile(student, 0.5 * (1 + confidence)) * summary.deviation / std::sqrt(n);
}

double quantile(std::span<const double> ascending, double share) {
  const double position = static_cast<double>(ascending.size() - 1) * share;
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  const double weight = position - std::floor(position);
  const double gap = ascending[above] - ascending[below];
  return weight < 0.5 ? ascending[below] + gap * weight : ascending[above] - gap * (1 - weight);
}

}  // namespace cance::stats
