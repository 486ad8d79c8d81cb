#include "report/plot/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace cance::report {
namespace {

constexpr double kSlack = 1e-9;
constexpr double kTwoDecades = 100;

/// The nearest in ratio of 1, 2 and 5 times a power of ten.
double round_number(double rough) {
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double nearest = power;
  for (const double factor : {2.0, 5.0, 10.0}) {
    const double next = factor * power;
    nearest = rough * rough > nearest * next ? next : nearest;
  }
  return nearest;
}

/// "1e5" for "1e+05", "2e-7" for "2e-07".
std::string compact(std::string number) {
  const auto at = number.find('e');
  if (at == std::string::npos) {
    return number;
  }
  const bool negative = number[at + 1] == '-';
  const auto digits = number.find_first_not_of("+-0", at + 1);
  return number.substr(0, at + 1) + (negative ? "-" : "") + number.substr(digits);
}

}  // namespace

Scale::Scale(double low, double high, bool logarithmic)
    : Scale(low, high, logarithmic ? Kind::logarithmic : Kind::linear, 0, 1) {}

Scale::Scale(double low, double high, Kind kind, double centre, double width)
    : low_(low), high_(high), kind_(kind), centre_(centre), width_(width) {
  assert(low < high && width > 0 && (kind != Kind::logarithmic || low > 0));
}

Scale Scale::around(double low, double high) {
  constexpr double kMargin = 0.04;
  constexpr double kResolved = 1e-9;  // a smaller share of the values is rounding, not a range
  const double size = std::max(std::abs(low), std::abs(high));
  const double span = high - low > kResolved * size ? high - low : std::max(size, 1.0) * kMargin;
  return {low - kMargin * span, high + kMargin * span};
}

Scale Scale::long_tailed(double low, double high, double centre, double width) {
  return {low, high, Kind::long_tailed, centre, width};
}

double Scale::bent(double value) const {
  if (kind_ == Kind::logarithmic) {
    return std::log(std::max(value, low_));
  }
  return kind_ == Kind::long_tailed ? std::asinh((value - centre_) / width_) : value;
}

double Scale::unit(double value) const {
  const double first = bent(low_);
  return std::clamp((bent(value) - first) / (bent(high_) - first), 0.0, 1.0);
}

double Scale::value(double unit) const {
  const double place = bent(low_) + unit * (bent(high_) - bent(low_));
  if (kind_ == Kind::logarithmic) {
    return std::exp(place);
  }
  return kind_ == Kind::long_tailed ? centre_ + width_ * std::sinh(place) : place;
}

double Scale::step(int count) const { return round_number((high_ - low_) / count); }

std::vector<double> Scale::powers(int count) const {
  const bool few = high_ < kTwoDecades * low_;
  const double decades = std::log10(high_ / low_);
  const int step = std::max(1, static_cast<int>(std::ceil(decades / (count + 1))));
  std::vector<double> values;
  for (int power = static_cast<int>(std::floor(std::log10(low_))); std::pow(10, power) <= high_;
       ++power) {
    if (power % step != 0) {
      continue;
    }
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10, power);
      if ((factor == 1 || few) && value >= low_ * (1 - kSlack) && value <= high_ * (1 + kSlack)) {
        values.push_back(value);
      }
    }
  }
  return values;
}

/// The values in the middle of `count` equal parts of the axis, each rounded by at most a third of
/// the way to the edge of its part.
std::vector<double> Scale::spread(int count) const {
  std::vector<double> values;
  for (int k = 0; k < count; ++k) {
    const double middle = value((k + 0.5) / count);
    const double left = middle - value(static_cast<double>(k) / count);
    const double right = value((k + 1.0) / count) - middle;
    const double width = round_number(std::min(left, right) / 3);
    values.push_back(std::round(middle / width) * width + 0.0);
  }
  return values;
}

std::vector<double> Scale::ticks(int count) const {
  std::vector<double> values;
  if (count <= 0) {
    return values;
  }
  if (kind_ == Kind::logarithmic) {
    return powers(count);
  }
  if (kind_ == Kind::long_tailed) {
    return spread(count);
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
  if (kind_ == Kind::long_tailed) {
    return compact(fmt::format("{:g}", tick));
  }
  if (kind_ == Kind::logarithmic || size >= kLarge || step(count) < kSmall) {
    return compact(fmt::format("{:.3g}", tick));
  }
  const int digits = std::max(0, static_cast<int>(std::ceil(-std::log10(step(count)) - 1e-9)));
  return fmt::format("{:.{}f}", tick, digits);
}

}  // namespace cance::report
