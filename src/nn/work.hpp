// What a network costs, for progress and balance: estimates, right to a factor of two or three.
#pragma once

#include <vector>

namespace cance::nn {

/// Of one row on its way through a network.
struct Work {
  double products = 0;  ///< multiplications
  double elements = 0;  ///< that the layers give

  /// Adds a dense layer; a convolution whose kernel has so many pixels, onto so many pixels.
  Work& dense(double in, double out);
  Work& conv(double in, double out, double kernel, double pixels);
  /// Adds dense layers through these widths.
  Work& chain(const std::vector<double>& widths);
  /// Both networks.
  [[nodiscard]] Work operator+(const Work& other) const;
  [[nodiscard]] Work operator*(double times) const;
};

/// Seconds in which one core of 2024 trains a network on so many rows in batches.
[[nodiscard]] double training_seconds(const Work& row, double rows, double batch);
/// Seconds in which it scores so many.
[[nodiscard]] double scoring_seconds(const Work& row, double rows);

}  // namespace cance::nn
