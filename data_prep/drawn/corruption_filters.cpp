#include "data_prep/drawn/corruption_filters.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace cance::prep {
namespace {

constexpr int kSide = static_cast<int>(kMnistSide);
constexpr double kMiddle = (kMnistSide - 1) / 2.0;
constexpr double kTruncate = 4.0;
constexpr double kLineReach = 2.3;

double pixel(const Field& field, int row, int column, Edge edge) {
  const bool inside = row >= 0 && row < kSide && column >= 0 && column < kSide;
  if (!inside && edge == Edge::zero) {
    return 0;
  }
  return field[static_cast<std::size_t>(std::clamp(row, 0, kSide - 1) * kSide +
                                        std::clamp(column, 0, kSide - 1))];
}

/// `value(row, column)` for every pixel.
template <class Value>
Field each_pixel(Value value) {
  Field result;
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column < kSide; ++column) {
      result[static_cast<std::size_t>(row * kSide + column)] = value(row, column);
    }
  }
  return result;
}

std::vector<double> gaussian_weights(int radius, double sigma) {
  std::vector<double> weights;
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    weights.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
    sum += weights.back();
  }
  for (double& weight : weights) {
    weight /= sum;
  }
  return weights;
}

double bilinear(const Field& field, double row, double column) {
  const double top = std::floor(row);
  const double left = std::floor(column);
  const double down = row - top;
  const double right = column - left;
  const auto at = [&](double r, double c) {
    return pixel(field, static_cast<int>(r), static_cast<int>(c), Edge::zero);
  };
  const double upper = (1 - right) * at(top, left) + right * at(top, left + 1);
  const double lower = (1 - right) * at(top + 1, left) + right * at(top + 1, left + 1);
  return (1 - down) * upper + down * lower;
}

}  // namespace

Field gaussian(const Field& field, double sigma, Edge edge) {
  const int radius = static_cast<int>(kTruncate * sigma + 0.5);
  const auto weights = gaussian_weights(radius, sigma);
  const auto blur = [&](const Field& from, int down, int right) {
    return each_pixel([&](int row, int column) {
      double sum = 0;
      for (int i = -radius; i <= radius; ++i) {
        sum += weights[static_cast<std::size_t>(i + radius)] *
               pixel(from, row + i * down, column + i * right, edge);
      }
      return sum;
    });
  };
  return blur(blur(field, 1, 0), 0, 1);
}

Field warp(const Field& field, const InverseMap& map) {
  return each_pixel([&](int row, int column) {
    const double x = column - kMiddle;
    const double y = row - kMiddle;
    return bilinear(field, map.yx * x + map.yy * y + kMiddle + map.shift_y,
                    map.xx * x + map.xy * y + kMiddle + map.shift_x);
  });
}

Field motion_blur(const Field& field, double radius, double sigma, double degrees) {
  const int width = 2 * static_cast<int>(std::ceil(radius)) + 1;
  const auto both_sides = gaussian_weights(width - 1, sigma);
  const std::vector<double> weights(both_sides.begin() + width - 1, both_sides.end());
  double sum = 0;
  for (const double weight : weights) {
    sum += weight;
  }
  const double angle = degrees * std::numbers::pi / 180;
  return each_pixel([&](int row, int column) {
    double value = 0;
    for (int i = 0; i < width; ++i) {
      const int right = static_cast<int>(std::ceil(i * std::cos(angle) - 0.5));
      const int down = static_cast<int>(std::ceil(i * std::sin(angle) - 0.5));
      value += weights[static_cast<std::size_t>(i)] / sum *
               pixel(field, row + down, column + right, Edge::nearest);
    }
    return value;
  });
}

Field line(LineEnd from, LineEnd to) {
  if (from.column == to.column) {
    return {};
  }
  const double slope = (to.row - from.row) / (to.column - from.column);
  return each_pixel([&](int row, int column) {
    if (column < std::floor(from.column) || column >= std::ceil(to.column)) {
      return 0.0;
    }
    const double distance = std::abs(row - (slope * (column - from.column) + from.row));
    const double capped = std::min(distance, kLineReach - 1e-10);
    return std::clamp(std::log(1 - capped / kLineReach) + 1, 0.0, 1.0);
  });
}

}  // namespace cance::prep
