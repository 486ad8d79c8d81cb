// Canny's edges as scikit-image finds them: blur, Sobel, thinning by neighbours, hysteresis.
#include <cmath>
#include <limits>
#include <vector>

#include "data_prep/drawn/corruption_filters.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kCannySide = kMnistSide;
constexpr double kLow = 0.1F;  // of single precision in the original
constexpr double kHigh = 0.2;

/// Sums of rows or columns [1, 2, 1] of differences [-1, 0, 1], edges mirrored (a b c | c b a).
Field sobel(const Field& field, bool along_rows) {
  const auto at = [&](std::size_t row, std::size_t column) {  // both 1 more than the pixel's
    const auto inside = [](std::size_t i) {
      return i == 0 ? 0 : i > kCannySide ? kCannySide - 1 : i - 1;
    };
    return field[inside(row) * kCannySide + inside(column)];
  };
  Field result;
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    const std::size_t r = i / kCannySide + 1;
    const std::size_t c = i % kCannySide + 1;
    const auto difference = [&](int side) {
      const auto shift = static_cast<std::size_t>(1 + side);
      return along_rows ? at(r + shift - 1, c + 1) - at(r + shift - 1, c - 1)
                        : at(r + 1, c + shift - 1) - at(r - 1, c + shift - 1);
    };
    result[i] = difference(-1) + 2 * difference(0) + difference(1);
  }
  return result;
}

/// Blurred with zeros outside, and divided by the share of the weights that lay inside.
Field smoothed(const Field& field, double sigma) {
  Field ones;
  ones.fill(1);
  const Field inside = gaussian(ones, sigma, Edge::zero);
  Field result = gaussian(field, sigma, Edge::zero);
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    result[i] /= inside[i] + std::numeric_limits<double>::epsilon();
  }
  return result;
}

/// Whether no point a step ahead or behind along the gradient is stronger; inner pixels only.
bool is_ridge(const Field& strength, std::size_t i, double down, double right) {
  const auto step = [](int rows, int columns) {
    return rows * static_cast<std::ptrdiff_t>(kCannySide) + columns;
  };
  const bool same_sign = (down <= 0) == (right <= 0);
  const double abs_down = std::abs(down);
  const double abs_right = std::abs(right);
  const bool steep = same_sign ? abs_down > abs_right : abs_down >= abs_right;
  const double weight = steep ? abs_right / abs_down : abs_down / abs_right;
  const int along = same_sign ? 1 : -1;
  const std::ptrdiff_t straight = steep ? step(along, 0) : step(0, 1);
  const std::ptrdiff_t oblique = step(along, 1);
  const auto at = [&](std::ptrdiff_t offset) {
    return strength[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(i) + offset)];
  };
  const auto mixed = [&](int sign) {
    return at(sign * oblique) * weight + at(sign * straight) * (1 - weight);
  };
  return mixed(1) <= strength[i] && mixed(-1) <= strength[i];
}

/// The weak points that touch, over others, a strong one.
Field connected(const Field& thin) {
  Field edges{};
  std::vector<std::size_t> open;
  const auto visit = [&](std::size_t i) {
    if (thin[i] > 0 && edges[i] == 0) {
      edges[i] = 1;
      open.push_back(i);
    }
  };
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    if (thin[i] >= kHigh) {
      visit(i);
    }
  }
  while (!open.empty()) {
    const std::size_t i = open.back();  // an inner pixel: all others are 0
    open.pop_back();
    for (const std::size_t row : {i - kCannySide, i, i + kCannySide}) {
      visit(row - 1);
      visit(row);
      visit(row + 1);
    }
  }
  return edges;
}

}  // namespace

Field canny(const Field& field, double sigma) {
  const Field smooth = smoothed(field, sigma);
  const Field down = sobel(smooth, /*along_rows=*/false);
  const Field right = sobel(smooth, /*along_rows=*/true);
  Field strength;
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    strength[i] = std::sqrt(down[i] * down[i] + right[i] * right[i]);
  }
  Field thin{};
  for (std::size_t row = 1; row + 1 < kCannySide; ++row) {
    for (std::size_t i = row * kCannySide + 1; i + 1 < (row + 1) * kCannySide; ++i) {
      if (strength[i] >= kLow && is_ridge(strength, i, down[i], right[i])) {
        thin[i] = strength[i];
      }
    }
  }
  return connected(thin);
}

}  // namespace cance::prep
