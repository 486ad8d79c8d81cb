#include "stats/truncated_normal.hpp"

#include <algorithm>
#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cassert>
#include <cmath>
#include <numbers>

#include "base/error.hpp"

namespace cance::stats {
namespace {

constexpr double kSqrt2 = std::numbers::sqrt2;
constexpr double kFarBelow =
    -30;                          // below this many deviations probabilities are kept as logarithms
constexpr double kNarrow = 0.05;  // below this width the CDF differences cancel: a series serves
constexpr double kAsymptotic = -10;  // from here on the asymptotic Mills ratio is exact in float64
constexpr double kLogSqrt2Pi = 0.91893853320467274178;

/// t with Phi(t) = p, 0 < p <= 1/2.
double lower_tail_quantile(double p) {
  using Double = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  return -kSqrt2 * boost::math::erfc_inv(2 * p, Double());
}

/// Phi(t) / phi(t) for t < 0.
double mills_ratio(double t) {
  if (t > kAsymptotic) {
    return normal_cdf(t) * std::exp(0.5 * t * t + kLogSqrt2Pi);
  }
  double sum = 1;
  double term = 1;
  for (int k = 1; std::abs(term) > 1e-17; k += 2) {
    term *= -k / (t * t);
    sum += term;
  }
  return sum / -t;
}

double log_add_exp(double a, double b) {
  const double larger = std::max(a, b);
  return std::isinf(larger) ? larger : larger + std::log1p(std::exp(-std::abs(a - b)));
}

}  // namespace

double normal_cdf(double t) { return 0.5 * std::erfc(-t / kSqrt2); }

double log_normal_mode(double m, double v) {
  require(std::isfinite(m) && std::isfinite(v) && m > 0 && v >= 0,
          "a log-normal needs mean > 0 and variance >= 0, not {} and {}: do all training rows "
          "reconstruct without error?",
          m, v);
  const double ratio = std::sqrt(v) / m;
  return m * std::pow(1 + ratio * ratio, -1.5);
}

double log_normal_cdf(double t) {
  return t > kAsymptotic ? std::log(normal_cdf(t))
                         : -0.5 * t * t - kLogSqrt2Pi + std::log(mills_ratio(t));
}

TruncatedNormal::TruncatedNormal(double m, double v, double upper)
    : deviation_(std::sqrt(v)),
      upper_(upper),
      low_(-m / deviation_),
      high_((upper - m) / deviation_),
      regime_(Regime::ordinary) {
  require(std::isfinite(low_) && std::isfinite(high_) && m >= 0 && v > 0 && upper > 0,
          "a normal cut to [0, upper] needs mean >= 0, variance > 0 and upper > 0, not {}, {}, {}",
          m, v, upper);
  if (upper_ / deviation_ * std::max(1.0, -low_) < kNarrow) {
    regime_ = Regime::narrow;
    // Hermite polynomials of low_: phi(low + d) / phi(low) = sum of (-1)^k He_k(low) d^k / k!.
    double previous = 0;
    double hermite = 1;
    double factor = 1;
    for (std::size_t k = 0; k < series_.size(); ++k) {
      const auto order = static_cast<double>(k);
      factor /= k == 0 ? 1 : -(order + 1);
      series_[k] = factor * hermite;
      const double next = low_ * hermite - order * previous;
      previous = hermite;
      hermite = next;
    }
  } else if (high_ < kFarBelow) {
    regime_ = Regime::far;
    log_below_ = log_normal_cdf(low_);
    log_below_high_ = log_normal_cdf(high_);
  } else {
    below_ = normal_cdf(low_);
    above_ = normal_cdf(-high_);
    mass_ = high_ > 0 ? (1 - above_) - below_ : normal_cdf(high_) - below_;
  }
}

double TruncatedNormal::quantile(double u) const {
  assert(u >= 0 && u <= 1);
  if (u <= 0 || u >= 1) {
    return u <= 0 ? 0 : upper_;
  }
  switch (regime_) {
    case Regime::narrow:
      return std::clamp(deviation_ * narrow_quantile(u), 0.0, upper_);
    case Regime::far:
      return std::clamp(deviation_ * (far_quantile(u) - low_), 0.0, upper_);
    case Regime::ordinary:
      break;
  }
  return std::clamp(deviation_ * (ordinary_quantile(u) - low_), 0.0, upper_);
}

/// In standard units, from the tail that keeps the digits.
double TruncatedNormal::ordinary_quantile(double u) const {
  const double p = below_ + u * mass_;
  return p <= 0.5 ? lower_tail_quantile(p) : -lower_tail_quantile(above_ + (1 - u) * mass_);
}

/// The mass of [low, low + d] over phi(low), for a narrow interval: integral of the series above.
double TruncatedNormal::relative_mass(double d) const {
  double sum = 0;
  for (auto coefficient = series_.rbegin(); coefficient != series_.rend(); ++coefficient) {
    sum = sum * d + *coefficient;
  }
  return sum * d;
}

/// Distance from the lower end in standard units; Newton from the uniform distribution.
double TruncatedNormal::narrow_quantile(double u) const {
  const double width = upper_ / deviation_;
  const double target = u * relative_mass(width);
  double d = u * width;
  for (int step = 0; step < 3; ++step) {
    d -= (relative_mass(d) - target) * std::exp(d * (low_ + 0.5 * d));
  }
  return d;
}

/// In standard units: log-space CDF, then Newton on log Phi (src/method.md, section 10).
double TruncatedNormal::far_quantile(double u) const {
  const double target = log_add_exp(std::log(u) + log_below_high_, std::log1p(-u) + log_below_);
  const double first = -std::sqrt(-2 * target);
  double t = -std::sqrt(-2 * (target + kLogSqrt2Pi + std::log(-first)));
  for (int step = 0; step < 4; ++step) {
    t -= (log_normal_cdf(t) - target) * mills_ratio(t);
  }
  return t;
}

}  // namespace cance::stats
