// A picture in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cance::image {

/// What the header of a picture says.
struct Form {
  std::size_t channels = 0;  ///< 1 or 3
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t bits = 8;  ///< of a sample in the file: up to 8, or 16
};

/// Samples of 16 bits that become 0 and 255; those between in proportion, those beyond are cut.
struct SampleRange {
  std::uint16_t low = 0;
  std::uint16_t high = 65535;
  bool operator==(const SampleRange&) const = default;
};

[[nodiscard]] inline bool is_beyond(double sample, const SampleRange& range) {
  return sample < range.low || sample > range.high;
}
/// What `sample` becomes, rounded; of the whole range the high byte.
[[nodiscard]] std::uint8_t level(double sample, const SampleRange& range);

/// 8-bit picture, grey (1 channel) or colour (3: red, green, blue).
struct Image {
  std::size_t channels = 0;
  std::size_t height = 0;
  std::size_t width = 0;
  std::vector<std::uint8_t> pixels;  ///< [height, width, channels], row-major
  std::size_t cut = 0;               ///< samples of the file beyond the range
};

/// Three channels; grey is repeated.
[[nodiscard]] Image to_colour(Image image);
/// One channel: L = (19595 R + 38470 G + 7471 B + 32768) / 65536, Pillow's convert("L").
[[nodiscard]] Image to_grey(Image image);
/// The pixels in the order [channels, height, width] of a dataset file.
[[nodiscard]] std::vector<std::uint8_t> planes(const Image& image);

}  // namespace cance::image
