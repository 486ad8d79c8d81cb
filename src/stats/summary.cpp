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

double welch_margin(const Summary& a, const Summary& b, double confidence) {
  if (a.n < 2 || b.n < 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const auto share = [](const Summary& s) {
    return s.deviation * s.deviation / static_cast<double>(s.n);
  };
  const double sum = share(a) + share(b);
  if (sum == 0) {
    return 0;
  }
  const auto part = [&](const Summary& s) {
    return share(s) * share(s) / static_cast<double>(s.n - 1);
  };
  const double freedom = sum * sum / (part(a) + part(b));
  const boost::math::students_t distribution(freedom);
  return boost::math::quantile(boost::math::complement(distribution, (1 - confidence) / 2)) *
         std::sqrt(sum);
}

double quantile(std::span<const double> ascending, double share) {
  const double position = static_cast<double>(ascending.size() - 1) * share;
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  const double weight = position - std::floor(position);
  const double gap = ascending[above] - ascending[below];
  return weight < 0.5 ? ascending[below] + gap * weight : ascending[above] - gap * (1 - weight);
}

ConformalThreshold conformal_threshold(std::span<const double> ascending, double share) {
  const auto places = static_cast<double>(ascending.size() + 1);
  // share places may lie a rounding above a whole number
  const double rank = std::clamp(std::ceil(share * places - 1e-9), 1.0, places - 1);
  return {ascending[static_cast<std::size_t>(rank) - 1], rank / places};
}

}  // namespace cance::stats
