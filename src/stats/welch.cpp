#include "stats/welch.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace cance::stats {

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

}  // namespace cance::stats
