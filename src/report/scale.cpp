#include "report/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace cance::report {

namespace {

constexpr double kSlack = 1e-9;
constexpr double kTwoDecades = 100;

}  // namespace

Scale::Scale(double low, double high, bool logarithmic)
    : low_(low), high_(high), logarithmic_(logarithmic) {
  assert(low < high && (!logarithmic || low > 0));
}

Scale Scale::around(double low, double high) {
  constexpr double kMargin = 0.04;
  constexpr double kResolved = 1e-9;  // a smaller share of the values is rounding, not a range
  const double size = std::max(std::abs(low), std::abs(high));
  const double span = high - low > kResolved * size ? high - low : std::max(size, 1.0) * kMargin;
  return {low - kMargin * span, high + kMargin * span};
}

double Scale::unit(double value) const {
  if (logarithmic_) {
    return std::clamp(std::log(std::max(value, low_) / low_) / std::log(high_ / low_), 0.0, 1.0);
  }
  return std::clamp((value - low_) / (high_ - low_), 0.0, 1.0);
}

double Scale::step(int count) const {
  const double rough = (high_ - low_) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double nearest = power;
  for (const double factor : {2.0, 5.0, 10.0}) {  // nearest in ratio
    const double next = factor * power;
    nearest = rough * rough > nearest * next ? next : nearest;
  }
  return nearest;
}

std::vector<double> Scale::powers() const {
  const bool few = high_ < kTwoDecades * low_;
  std::vector<double> values;
  for (int power = static_cast<int>(std::floor(std::log10(low_))); std::pow(10, power) <= high_;
       ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10, power);
      if ((factor == 1 || few) && value >= low_ * (1 - kSlack) && value <= high_ * (1 + kSlack)) {
        values.push_back(value);
      }
    }
  }
  return values;
}

std::vector<double> Scale::ticks(int count) const {
  std::vector<double> values;
  if (count <= 0) {
    return values;
  }
  if (logarithmic_) {
    return powers();
  }
  const double width = step(count);
  const auto first = std::ceil(low_ / width - kSlack);
  const auto last = std::floor(high_ / width + kSlack);
  const int most = 10 * count;  // an axis narrower than rounding would never end
  for (int k = 0; k <= most && first + k <= last; ++k) {
    values.push_back((first + k) * width + 0.0);
  }
  return values;
}

std::string Scale::label(double tick, int count) const {
  const double size = std::abs(tick);
  constexpr double kLarge = 1e5;
  constexpr double kSmall = 1e-4;
  if (logarithmic_ || size >= kLarge || step(count) < kSmall) {
    return fmt::format("{:.3g}", tick);
  }
  const int digits = std::max(0, static_cast<int>(std::ceil(-std::log10(step(count)) - 1e-9)));
  return fmt::format("{:.{}f}", tick, digits);
}

Scale roc_scale() {
  constexpr double kLowestRate = 1e-3;
  return {kLowestRate, 1, true};
}

}  // namespace cance::report
