// Image operations behind the corruptions, on 28 x 28 pixels in 0..1.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace cance::prep {

inline constexpr std::size_t kMnistSide = 28;
inline constexpr std::size_t kMnistPixels = kMnistSide * kMnistSide;

/// Row-major [28, 28].
using Field = std::array<double, kMnistPixels>;

/// What lies beyond the edge.
enum class Edge { nearest, zero };

/// Gaussian blur along rows and columns, cut at 4 sigma: scipy.ndimage.gaussian_filter.
[[nodiscard]] Field gaussian(const Field& field, double sigma, Edge edge);

/// The linear part of a map from output to input pixels, (column, row); it leaves (13.5, 13.5)
/// where it is and then adds the shift.
struct InverseMap {
  double xx = 1, xy = 0, yx = 0, yy = 1;
  double shift_x = 0, shift_y = 0;
};

/// Bilinear, zero outside: skimage.transform.warp with order 1.
[[nodiscard]] Field warp(const Field& field, const InverseMap& map);

/// ImageMagick's motion blur: half a Gaussian of 2 radius + 1 weights along the angle (degrees),
/// nearest pixels beyond the edge.
[[nodiscard]] Field motion_blur(const Field& field, double radius, double sigma, double degrees);

/// Edges, 0 or 1: skimage.feature.canny with thresholds 0.1 and 0.2.
[[nodiscard]] Field canny(const Field& field, double sigma);

/// The line from (column, row) to (column, row): intensity clip(log(1 - d / 2.3) + 1, 0, 1) in the
/// columns floor(from) to ceil(to) - 1, with d the vertical distance; nothing when they coincide.
struct LineEnd {
  double column, row;
};
[[nodiscard]] Field line(LineEnd from, LineEnd to);

/// Heights of a 256 x 256 diamond-square landscape, periodic, scaled to 0..1; its top left 28 x 28.
/// `uniforms` [256, 256] in (0, 1) belong to the points; the noise of a point is w U(-w, w), with w
/// 100 at first and divided by `decay` for each halving of the step.
inline constexpr std::size_t kPlasmaSide = 256;
[[nodiscard]] Field plasma(std::span<const double> uniforms, double decay);

}  // namespace cance::prep
