#include "stats/method_tests.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>

#include "base/error.hpp"
#include "stats/ranks.hpp"
#include "stats/truncated_normal.hpp"

namespace cance::stats {
namespace {

constexpr std::size_t kMostExact = 200;

/// P(sum >= observed), each rank in it with probability 1/2: dynamic programming over the sums.
double exact_p(const std::vector<std::int64_t>& ranks, std::int64_t observed) {
  const auto total = static_cast<std::size_t>(std::accumulate(ranks.begin(), ranks.end(), 0L));
  std::vector<double> probability(total + 1);
  probability[0] = 1;
  std::size_t reached = 0;
  for (const std::int64_t rank : ranks) {
    const auto shift = static_cast<std::size_t>(rank);
    reached += shift;
    for (std::size_t sum = reached + 1; sum-- > 0;) {
      probability[sum] = 0.5 * (probability[sum] + (sum >= shift ? probability[sum - shift] : 0));
    }
  }
  double p = 0;
  for (std::size_t sum = total + 1; sum-- > static_cast<std::size_t>(observed);) {
    p += probability[sum];
  }
  return p;
}

double normal_p(const std::vector<std::int64_t>& doubled_ranks, std::int64_t observed) {
  double mean = 0;
  double variance = 0;
  for (const std::int64_t doubled : doubled_ranks) {
    const double rank = 0.5 * static_cast<double>(doubled);
    mean += rank / 2;
    variance += rank * rank / 4;
  }
  const double statistic = 0.5 * static_cast<double>(observed);
  return 0.5 * std::erfc((statistic - 0.5 - mean) / std::sqrt(variance) / std::numbers::sqrt2);
}

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

WilcoxonResult wilcoxon_greater(std::span<const double> differences) {
  std::vector<double> sizes;
  std::vector<bool> positive;
  for (const double d : differences) {
    require(!std::isnan(d), "a difference is NaN: the Wilcoxon test needs a number for every pair");
    if (d != 0) {
      sizes.push_back(std::abs(d));
      positive.push_back(d > 0);
    }
  }
  if (sizes.empty()) {
    return {.statistic = 0, .p = 1, .effect = 0, .n = differences.size(), .n_nonzero = 0};
  }
  const std::vector<std::int64_t> ranks = doubled_mid_ranks(sizes);
  std::int64_t observed = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    observed += positive[i] ? ranks[i] : 0;
  }
  const auto total = static_cast<double>(std::accumulate(ranks.begin(), ranks.end(), 0L));
  return {.statistic = 0.5 * static_cast<double>(observed),
          .p = ranks.size() <= kMostExact ? exact_p(ranks, observed) : normal_p(ranks, observed),
          .effect = 2 * static_cast<double>(observed) / total - 1,  // (W+ - W-) / (W+ + W-)
          .n = differences.size(),
          .n_nonzero = ranks.size()};
}

double smallest_p(std::size_t n) { return std::exp2(-static_cast<double>(n)); }

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [p](std::size_t i) { return p[i]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double value = p[order[k]];
    require(value >= 0 && value <= 1, "p = {}: expected a number from 0 to 1", value);
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - k) * value));
    adjusted[order[k]] = largest;
  }
  return adjusted;
}

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
