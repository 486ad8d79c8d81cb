#include "stats/friedman.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "stats/ranks.hpp"

namespace cance::stats {
namespace {

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// P(range of k standard normal numbers > q) = 1 - k int phi(x) (Phi(x) - Phi(x - q))^(k-1) dx.
double range_tail(double q, double k) {
  const auto density = [=](double x) {
    const double inside = normal_cdf(x) - normal_cdf(x - q);
    return std::exp(-0.5 * x * x) * std::pow(inside, k - 1);
  };
  constexpr double kReach = 9;  // phi is below 1e-18 beyond
  constexpr int kParts = 18;
  double sum = 0;
  for (int part = 0; part < kParts; ++part) {
    const double width = 2 * kReach / kParts;
    const double left = -kReach + width * part;
    sum += boost::math::quadrature::gauss<double, 15>::integrate(density, left, left + width);
  }
  return 1 - k * sum / std::sqrt(2 * std::numbers::pi);
}

}  // namespace

FriedmanResult friedman(const Matrix<double>& values) {
  const std::size_t n = values.rows();
  const std::size_t k = values.cols();
  require(n >= 1 && k >= 2, "Friedman's test needs a block and two methods, not {} and {}", n, k);
  FriedmanResult result{std::vector<double>(k), 0, 1, n};
  const auto rows = static_cast<double>(n);
  const auto methods = static_cast<double>(k);
  double squares = 0;
  for (std::size_t row = 0; row < n; ++row) {
    std::vector<double> turned(k);
    for (std::size_t method = 0; method < k; ++method) {
      require(!std::isnan(values(row, method)), "block {} of Friedman's test holds NaN", row);
      turned[method] = -values(row, method);
    }
    const auto doubled = doubled_mid_ranks(turned);
    for (std::size_t method = 0; method < k; ++method) {
      const double rank = 0.5 * static_cast<double>(doubled[method]);
      result.ranks[method] += rank;
      squares += rank * rank;
    }
  }
  const double middle = 0.5 * (methods + 1);
  double between = 0;
  for (double& rank : result.ranks) {
    rank /= rows;
    between += (rank - middle) * (rank - middle);
  }
  const double within = squares - rows * methods * middle * middle;
  if (within > 0) {
    result.statistic = rows * rows * (methods - 1) * between / within;
    const boost::math::chi_squared distribution(methods - 1);
    result.p = boost::math::cdf(boost::math::complement(distribution, result.statistic));
  }
  return result;
}

double critical_difference(std::size_t k, std::size_t n, double alpha) {
  require(k >= 2 && n >= 1 && alpha > 0 && alpha < 1,
          "critical difference of {} methods over {} blocks at {}: expected at least 2, 1 and a "
          "share",
          k, n, alpha);
  const auto methods = static_cast<double>(k);
  constexpr double kLargest = 100;
  boost::math::tools::eps_tolerance<double> tolerance(40);
  std::uintmax_t steps = 200;
  const auto [low, high] = boost::math::tools::toms748_solve(
      [=](double q) { return range_tail(q, methods) - alpha; }, 0.0, kLargest, tolerance, steps);
  const double q = 0.5 * (low + high) / std::numbers::sqrt2;
  return q * std::sqrt(methods * (methods + 1) / (6 * static_cast<double>(n)));
}

}  // namespace cance::stats
