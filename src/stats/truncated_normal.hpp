// The normal distribution cut to [0, upper], from which artificial reconstruction features are
// drawn (src/method.md, section 6). Exact also where the interval is narrow or far out.
#pragma once

#include <array>

namespace cance::stats {

/// Mode of the log-normal distribution of mean m > 0 and variance v >= 0: m (1 + v/m^2)^(-3/2).
[[nodiscard]] double log_normal_mode(double m, double v);

/// The standard normal CDF; its logarithm, also where the CDF itself underflows.
[[nodiscard]] double normal_cdf(double t);
[[nodiscard]] double log_normal_cdf(double t);

/// N(m, v) given 0 <= r <= upper.
class TruncatedNormal {
 public:
  /// m >= 0, v > 0, upper > 0; throws otherwise. Prepares the constants of `quantile`.
  TruncatedNormal(double m, double v, double upper);

  /// Inverse CDF at u in [0, 1]: 0 gives 0, 1 gives upper. Tens of nanoseconds; far out 330.
  [[nodiscard]] double quantile(double u) const;

 private:
  enum class Regime { ordinary, narrow, far };

  [[nodiscard]] double ordinary_quantile(double u) const;
  [[nodiscard]] double narrow_quantile(double u) const;
  [[nodiscard]] double far_quantile(double u) const;
  [[nodiscard]] double relative_mass(double d) const;

  double deviation_;
  double upper_;
  double low_, high_;  // the interval in standard units: low_ = -m/sd <= 0
  Regime regime_;
  double below_ = 0, above_ = 0, mass_ = 0;    // ordinary: Phi(low), 1 - Phi(high), Z
  double log_below_ = 0, log_below_high_ = 0;  // far: log Phi(low), log Phi(high)
  std::array<double, 8> series_{};             // narrow: see relative_mass
};

}  // namespace cance::stats
