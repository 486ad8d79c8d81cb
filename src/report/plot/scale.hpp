// An axis: values to the unit interval, linear, logarithmic or long-tailed, with round ticks.
#pragma once

#include <string>
#include <vector>

namespace cance::report {

struct Point {
  double x = 0, y = 0;
};

class Scale {
 public:
  /// `low` < `high`; both positive for a logarithmic scale.
  Scale(double low, double high, bool logarithmic = false);
  /// A linear scale over [low, high] widened a little; also for equal ends.
  [[nodiscard]] static Scale around(double low, double high);
  /// For a bulk of values with tails of any length: about linear within `width` > 0 of `centre`,
  /// logarithmic beyond (inverse hyperbolic sine).
  [[nodiscard]] static Scale long_tailed(double low, double high, double centre, double width);

  /// Position in [0, 1], clamped.
  [[nodiscard]] double unit(double value) const;
  /// The value at a position in [0, 1].
  [[nodiscard]] double value(double unit) const;
  /// About `count` round values inside, none for 0. On a logarithmic scale powers of ten, with
  /// their doubles and fives where it spans less than two, every second or third, ... where many;
  /// on a long-tailed one evenly spread.
  [[nodiscard]] std::vector<double> ticks(int count) const;
  /// Label of a tick with just the digits that tell neighbours apart.
  [[nodiscard]] std::string label(double tick, int count) const;

 private:
  enum class Kind { linear, logarithmic, long_tailed };

  Scale(double low, double high, Kind kind, double centre, double width);
  /// What grows evenly along the axis.
  [[nodiscard]] double bent(double value) const;
  [[nodiscard]] double step(int count) const;
  [[nodiscard]] std::vector<double> powers(int count) const;
  [[nodiscard]] std::vector<double> spread(int count) const;
  double low_, high_;
  Kind kind_;
  double centre_, width_;  ///< of a long-tailed scale
};

}  // namespace cance::report
