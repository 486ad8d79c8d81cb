// An axis: data values to the unit interval, linear or logarithmic, with round tick values.
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

  /// Position in [0, 1], clamped.
  [[nodiscard]] double unit(double value) const;
  /// About `count` round values inside, none for 0. On a logarithmic scale powers of ten, with
  /// their doubles and fives where it spans less than two.
  [[nodiscard]] std::vector<double> ticks(int count) const;
  /// Label of a tick with just the digits that tell neighbours apart.
  [[nodiscard]] std::string label(double tick, int count) const;

 private:
  [[nodiscard]] double step(int count) const;
  [[nodiscard]] std::vector<double> powers() const;
  double low_, high_;
  bool logarithmic_;
};

/// The axis of false positive rates: logarithmic, because curves of good detectors lie in the
/// corner of a linear one.
[[nodiscard]] Scale roc_scale();

}  // namespace cance::report
