#include <array>
#include <cassert>

#include "data_prep/drawn/glyphs.hpp"

namespace cance::prep {
namespace {

constexpr int kPiecesPerCurve = 6;
constexpr auto kLine = StrokeKind::line;
constexpr auto kCurve = StrokeKind::curve;
constexpr auto kLoop = StrokeKind::loop;

using Alphabet = std::array<std::vector<Drawing>, kGlyphClasses>;

const Alphabet& alphabet() {
  static const Stroke lower_bow{kCurve,
                                {{.45, .47}, {.74, .54}, {.80, .75}, {.54, .95}, {.20, .85}}};
  static const Alphabet digits{{
      {{{kLoop,
         {{.50, .05},
          {.25, .18},
          {.17, .50},
          {.25, .82},
          {.50, .95},
          {.75, .82},
          {.83, .50},
          {.75, .18}}}},
       {{kLoop, {{.56, .05}, {.34, .25}, {.30, .60}, {.46, .95}, {.66, .72}, {.70, .35}}}}},
      {{{kLine, {{.50, .05}, {.50, .95}}}}, {{kLine, {{.32, .26}, {.54, .05}, {.52, .95}}}}},
      {{{kCurve,
         {{.20, .28}, {.32, .09}, {.58, .06}, {.76, .22}, {.68, .46}, {.44, .70}, {.18, .93}}},
        {kLine, {{.18, .93}, {.84, .92}}}},
       {{kCurve, {{.24, .20}, {.52, .05}, {.76, .24}, {.60, .55}, {.30, .88}}},
        {kCurve, {{.30, .88}, {.22, .78}, {.36, .76}, {.58, .92}, {.84, .86}}}}},
      {{{kCurve, {{.20, .16}, {.50, .05}, {.76, .21}, {.68, .41}, {.45, .47}}}, lower_bow},
       {{kLine, {{.22, .07}, {.76, .07}, {.45, .42}}}, lower_bow}},
      {{{kLine, {{.62, .05}, {.18, .64}, {.86, .64}}}, {kLine, {{.64, .36}, {.62, .95}}}},
       {{kCurve, {{.26, .06}, {.23, .42}, {.42, .54}, {.74, .46}}},
        {kLine, {{.76, .08}, {.70, .95}}}}},
      {{{kLine, {{.76, .06}, {.30, .07}, {.27, .45}}},
        {kCurve, {{.27, .45}, {.54, .38}, {.79, .56}, {.74, .82}, {.50, .95}, {.20, .86}}}},
       {{kCurve,
         {{.76, .08}, {.40, .09}, {.30, .30}, {.50, .46}, {.76, .64}, {.62, .92}, {.24, .88}}}}},
      {{{kCurve,
         {{.70, .07},
          {.40, .26},
          {.23, .60},
          {.32, .88},
          {.55, .95},
          {.76, .78},
          {.69, .57},
          {.45, .53},
          {.25, .68}}}}},
      {{{kLine, {{.19, .08}, {.80, .08}, {.42, .95}}}},
       {{kLine, {{.22, .08}, {.76, .08}, {.46, .95}}}, {kLine, {{.34, .50}, {.72, .48}}}},
       {{kCurve, {{.26, .20}, {.40, .08}, {.64, .10}, {.66, .24}}},
        {kLine, {{.66, .24}, {.48, .95}}}}},
      {{{kLoop, {{.50, .05}, {.27, .15}, {.30, .38}, {.50, .47}, {.70, .38}, {.73, .15}}},
        {kLoop, {{.50, .47}, {.23, .60}, {.23, .85}, {.50, .95}, {.77, .85}, {.77, .60}}}}},
      {{{kLoop, {{.50, .05}, {.28, .14}, {.24, .38}, {.45, .52}, {.71, .40}, {.74, .18}}},
        {kLine, {{.74, .20}, {.66, .95}}}},
       {{kLoop, {{.52, .05}, {.28, .16}, {.28, .40}, {.50, .50}, {.72, .36}, {.74, .16}}},
        {kCurve, {{.74, .18}, {.76, .55}, {.66, .88}, {.44, .95}, {.24, .84}}}}},
  }};
  return digits;
}

/// Uniform Catmull-Rom between b and c at t in [0, 1].
Point catmull_rom(Point a, Point b, Point c, Point d, double t) {
  const auto blend = [t](double p, double q, double r, double s) {
    return 0.5 *
           (2.0 * q +
            t * (r - p + t * (2.0 * p - 5.0 * q + 4.0 * r - s + t * (3.0 * q - p - 3.0 * r + s))));
  };
  return {blend(a.x, b.x, c.x, d.x), blend(a.y, b.y, c.y, d.y)};
}

}  // namespace

std::span<const Drawing> drawings_of(std::size_t digit) {
  assert(digit < kGlyphClasses);
  return alphabet()[digit];
}

std::vector<Point> flatten(const Stroke& stroke) {
  if (stroke.kind == StrokeKind::line) {
    return stroke.points;
  }
  const std::size_t n = stroke.points.size();
  const bool closed = stroke.kind == StrokeKind::loop;
  // Neighbours beyond an open end are the end itself.
  const auto at = [&](std::size_t i) {  // i counts from one before the first point
    return closed ? stroke.points[(i + n - 1) % n]
                  : stroke.points[i == 0 ? 0 : (i > n ? n - 1 : i - 1)];
  };
  std::vector<Point> line{stroke.points.front()};
  for (std::size_t i = 0; i < (closed ? n : n - 1); ++i) {
    for (int piece = 1; piece <= kPiecesPerCurve; ++piece) {
      const double t = static_cast<double>(piece) / kPiecesPerCurve;
      line.push_back(catmull_rom(at(i), at(i + 1), at(i + 2), at(i + 3), t));
    }
  }
  return line;
}

}  // namespace cance::prep
