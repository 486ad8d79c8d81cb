// The embedded data set `glyphs`: ten digits drawn from strokes, so that the main job runs with no
// download. Every image is a function of (seed, part, index), whatever order and threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "data_prep/prep_summary.hpp"

namespace cance::prep {

// The ten digits as strokes: control points in a unit box, x to the right, y downwards.
inline constexpr std::size_t kGlyphClasses = 10;

struct Point {
  double x = 0;
  double y = 0;
};

/// line: straight between the points; curve: smooth (Catmull-Rom); loop: smooth and closed.
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

inline constexpr std::size_t kGlyphSide = 28;
inline constexpr const char* kGlyphLicence = "CC0-1.0";
inline constexpr std::int64_t kMaxGlyphsPerClass = 1'000'000;

struct GlyphOptions {
  std::int64_t train_per_class = 600;  ///< 1..kMaxGlyphsPerClass
  std::int64_t test_per_class = 200;   ///< 1..kMaxGlyphsPerClass
  std::int64_t seed = 0;               ///< 0 or more
};

enum class GlyphPart : std::uint32_t { train = 0, test = 1 };

/// Image `index` of a part, [28, 28] with 0 = paper and 255 = ink; its class is index mod 10.
/// A random drawing of the digit with jittered control points goes through a random affine map
/// (rotation, shear, scale, shift), is inked with random thickness, blur and strength, and gets
/// additive normal noise. Error: index of 2^32 or more.
[[nodiscard]] std::vector<std::uint8_t> draw_glyph(std::uint64_t seed, GlyphPart part,
                                                   std::uint64_t index);

/// Writes the data set: parts "train" and "test", uint8 [10 * per_class, 1, 28, 28], classes in
/// turn. Error: an option out of range (all named at once), `out` not writable.
PrepSummary prep_glyphs(const GlyphOptions& options, const std::filesystem::path& out);

}  // namespace cance::prep
