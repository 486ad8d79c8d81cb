// Log-normal mode and truncated normal: golden values, closed forms, tails, narrow intervals,
// Proposition 1.
#include "stats/truncated_normal.hpp"

#include <boost/math/quadrature/tanh_sinh.hpp>

#include "tests/support/golden.hpp"

namespace cance {
namespace {

using stats::log_normal_mode;
using stats::TruncatedNormal;
using tests::expect_close;
using TruncatedNormalGolden = tests::GoldenTest;

double normal_cdf(double t) { return 0.5 * std::erfc(-t / std::sqrt(2.0)); }
double normal_density(double t) { return std::exp(-0.5 * t * t) / std::sqrt(2 * std::acos(-1.0)); }

/// Integral over u in 0..1 of f(quantile(u)): the mean of f over the distribution.
template <class F>
double mean_over(const TruncatedNormal& normal, const F& f) {
  boost::math::quadrature::tanh_sinh<double> rule;
  return rule.integrate([&](double u) { return f(normal.quantile(std::max(u, 1e-18))); }, 0.0, 1.0,
                        1e-13);
}

double mean_of(const TruncatedNormal& normal) {
  return mean_over(normal, [](double x) { return x; });
}

double variance_of(const TruncatedNormal& normal) {
  const double mean = mean_of(normal);
  return mean_over(normal, [mean](double x) { return (x - mean) * (x - mean); });
}

TEST_F(TruncatedNormalGolden, LogNormalMode) {
  const auto m = golden().vector("lognormal.m");
  const auto v = golden().vector("lognormal.v");
  std::vector<double> mode;
  for (std::size_t i = 0; i < m.size(); ++i) {
    mode.push_back(log_normal_mode(m[i], v[i]));
  }
  expect_close(mode, golden().vector("lognormal.mode"), 1e-12);
}

TEST_F(TruncatedNormalGolden, QuantilesAndMoments) {
  const auto cases = golden().matrix("truncnorm.m_v_upper");
  const auto u = golden().vector("truncnorm.u");
  const auto x = golden().matrix("truncnorm.x");
  const auto expected = golden().matrix("truncnorm.mean_var_logZ");
  for (std::size_t row = 0; row < cases.rows(); ++row) {
    SCOPED_TRACE(row);
    const double upper = cases(row, 2);
    const TruncatedNormal normal(cases(row, 0), cases(row, 1), upper);
    for (std::size_t i = 0; i < u.size(); ++i) {
      EXPECT_NEAR(normal.quantile(u[i]), x(row, i), 1e-9 * upper) << "u = " << u[i];
    }
    EXPECT_NEAR(mean_of(normal), expected(row, 0), 1e-10 * expected(row, 0));
    EXPECT_NEAR(variance_of(normal), expected(row, 1), 1e-10 * expected(row, 1));
  }
}

TEST(LogNormalMode, ClosedForms) {
  EXPECT_DOUBLE_EQ(log_normal_mode(2, 0), 2);
  EXPECT_NEAR(log_normal_mode(1, 3), 0.125, 1e-15);
  const double mu = -1.3;
  const double sigma2 = 0.49;
  const double mean = std::exp(mu + sigma2 / 2);
  EXPECT_NEAR(log_normal_mode(mean, mean * mean * std::expm1(sigma2)), std::exp(mu - sigma2),
              1e-14);
  EXPECT_THROW(static_cast<void>(log_normal_mode(0, 1)), Error);
  EXPECT_THROW(static_cast<void>(log_normal_mode(1, -1)), Error);
}

TEST(LogNormalCdf, AgreesWithErfcAndItsAsymptoticForm) {
  for (const double t : {-9.99, -10.01, -20.0, -35.0, -1.0, 0.0, 3.0}) {
    EXPECT_NEAR(stats::log_normal_cdf(t), std::log(normal_cdf(t)), 1e-13 * (1 + t * t)) << t;
  }
  const double t2 = 1e6;  // t = -1000
  EXPECT_NEAR(stats::log_normal_cdf(-1000),
              -t2 / 2 - std::log(1000 * std::sqrt(2 * std::acos(-1.0))) - 1 / t2, 1e-9);
}

TEST(TruncatedNormal, MomentsEqualClosedForms) {
  for (const double m : {0.0, 0.3, 1.0, 2.5}) {
    for (const double sd : {0.4, 1.0, 2.0}) {
      const double upper = 1.5;
      const double a = -m / sd;
      const double b = (upper - m) / sd;
      const double mass = normal_cdf(b) - normal_cdf(a);
      const double shift = (normal_density(a) - normal_density(b)) / mass;
      const double slope = (a * normal_density(a) - b * normal_density(b)) / mass;
      const TruncatedNormal normal(m, sd * sd, upper);
      EXPECT_NEAR(mean_of(normal), m + sd * shift, 1e-11);
      EXPECT_NEAR(variance_of(normal), sd * sd * (1 + slope - shift * shift), 1e-10);
    }
  }
}

TEST(TruncatedNormal, HalfNormalWithoutAnUpperEnd) {
  const TruncatedNormal normal(0, 4, 1e4);
  EXPECT_NEAR(mean_of(normal), 2 * std::sqrt(2 / std::acos(-1.0)), 1e-12);
  EXPECT_NEAR(variance_of(normal), 4 * (1 - 2 / std::acos(-1.0)), 1e-12);
  EXPECT_NEAR(normal.quantile(std::erf(1 / std::sqrt(2.0))), 2, 1e-13);
}

TEST(TruncatedNormal, QuantilesInvertTheCdf) {
  const double m = 1.2;
  const double sd = 0.7;
  for (const double upper : {0.2, 1.0, 1.2, 3.0, 6.0}) {
    const TruncatedNormal normal(m, sd * sd, upper);
    const double below = normal_cdf(-m / sd);
    const double mass = normal_cdf((upper - m) / sd) - below;
    for (const double u : {0x1.0p-53, 1e-9, 0.01, 0.3, 0.5, 0.77, 0.999, 1 - 0x1.0p-53}) {
      const double x = normal.quantile(u);
      EXPECT_NEAR((normal_cdf((x - m) / sd) - below) / mass, u, 1e-13) << upper;
    }
    EXPECT_EQ(normal.quantile(0), 0);
    EXPECT_EQ(normal.quantile(1), upper);
  }
}

TEST(TruncatedNormal, FarTailIsAnExponentialAtItsUpperEnd) {
  // 1000 sd below the mean: upper - r is exponential of rate 1000/sd, up to terms of order 1e-6.
  const TruncatedNormal normal(1100, 1, 100);
  EXPECT_NEAR(100 - mean_of(normal), 1e-3, 3e-9);
  EXPECT_NEAR(variance_of(normal), 1e-6, 1e-11);
  for (const double u : {1e-12, 0.1, 0.5, 0.9}) {
    EXPECT_NEAR(100 - normal.quantile(u), -std::log(u) / 1000, 2e-5 * -std::log(u) / 1000) << u;
  }
}

TEST(TruncatedNormal, NarrowIntervalIsUniform) {
  // sd / mean = 100, as tables with heavy-tailed errors have: the interval is 1e-8 sd wide.
  const double upper = log_normal_mode(1, 1e4);
  const TruncatedNormal normal(1, 1e4, upper);
  EXPECT_NEAR(mean_of(normal), upper / 2, 1e-9 * upper);
  EXPECT_NEAR(variance_of(normal), upper * upper / 12, 1e-9 * upper * upper);
  for (const double u : {1e-9, 0.25, 0.5, 0.875}) {
    EXPECT_NEAR(normal.quantile(u), u * upper, 1e-8 * u * upper) << u;
  }
}

TEST(TruncatedNormal, RegimesMeetWithoutAStep) {
  // 30 sd out (far or ordinary) and width 0.05 (narrow or ordinary), a hair to either side.
  const std::vector<std::array<double, 3>> borders = {{32, 1, 2}, {0.5, 1, 0.05}, {4, 1, 0.0125}};
  for (const auto& [m, v, upper] : borders) {
    const TruncatedNormal less(m, v, upper * (1 - 1e-12));
    const TruncatedNormal more(m, v, upper * (1 + 1e-12));
    for (const double u : {0.001, 0.2, 0.5, 0.8, 0.999}) {
      EXPECT_NEAR(less.quantile(u), more.quantile(u), 1e-11 * upper) << m << " " << u;
    }
  }
}

TEST(TruncatedNormal, QuantileRises) {
  for (const auto& [m, v, upper] : std::vector<std::array<double, 3>>{
           {1, 0.25, 0.7}, {50, 1, 10}, {1, 1e4, 1e-6}, {0.01, 1e-6, 0.0099}}) {
    const TruncatedNormal normal(m, v, upper);
    double last = 0;
    for (int i = 0; i <= 1000; ++i) {
      const double x = normal.quantile(i / 1000.0);
      EXPECT_GE(x, last);
      EXPECT_LE(x, upper);
      last = x;
    }
  }
}

TEST(TruncatedNormal, RefusesImpossibleParameters) {
  EXPECT_THROW(TruncatedNormal(-1, 1, 1), Error);
  EXPECT_THROW(TruncatedNormal(1, 0, 1), Error);
  EXPECT_THROW(TruncatedNormal(1, 1, 0), Error);
  EXPECT_THROW(TruncatedNormal(std::nan(""), 1, 1), Error);
}

TEST(PropositionOne, AugmentedMarginalIsNowhereBelowTheNoiseWithUnitScale) {
  // Masses of small intervals of [0, mode]: half of the artificial one against that of N(m, v).
  for (const double sd_over_mean : {0.01, 0.1, 0.4, 0.55, 0.8, 1.6, 10.0, 100.0}) {
    const double m = 0.02;
    const double sd = sd_over_mean * m;
    const double mode = log_normal_mode(m, sd * sd);
    const TruncatedNormal artificial(m, sd * sd, mode);
    EXPECT_LE(normal_cdf((mode - m) / sd) - normal_cdf(-m / sd), 0.5);
    constexpr int kIntervals = 200;
    double left = 0;
    for (int i = 1; i <= kIntervals; ++i) {
      const double right = artificial.quantile(static_cast<double>(i) / kIntervals);
      const double noise = normal_cdf((right - m) / sd) - normal_cdf((left - m) / sd);
      EXPECT_GE(0.5 / kIntervals, noise * (1 - 1e-9)) << sd_over_mean << " " << i;
      left = right;
    }
  }
}

}  // namespace
}  // namespace cance
