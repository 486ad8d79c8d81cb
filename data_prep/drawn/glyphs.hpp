// The embedded data set `glyphs`: ten digits drawn from strokes, so that the main job runs with no
// download. Every image is a function of (seed, part, index) alone: neither order, threads nor the
// number of images change it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "data_prep/drawn/glyph_strokes.hpp"
#include "data_prep/prep_summary.hpp"

namespace cance::prep {

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
