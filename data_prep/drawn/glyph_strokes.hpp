// The ten digits as strokes: control points in a unit box, x to the right, y downwards.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace cance::prep {

inline constexpr std::size_t kGlyphClasses = 10;

struct Point {
  double x = 0;
  double y = 0;
};

/// line: straight between the points; curve: smooth through them (Catmull-Rom); loop: smooth and
/// closed.
enum class StrokeKind { line, curve, loop };

struct Stroke {
  StrokeKind kind = StrokeKind::line;
  std::vector<Point> points;
};

/// One way to write a digit.
using Drawing = std::vector<Stroke>;

/// The ways to write `digit` (0..9), at least one.
[[nodiscard]] std::span<const Drawing> drawings_of(std::size_t digit);

/// The stroke as a polyline. Loops come back to their first point.
[[nodiscard]] std::vector<Point> flatten(const Stroke& stroke);

}  // namespace cance::prep
