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
};

/// 8-bit picture, grey (1 channel) or colour (3: red, green, blue).
struct Image {
  std::size_t channels = 0;
  std::size_t height = 0;
  std::size_t width = 0;
  std::vector<std::uint8_t> pixels;  ///< [height, width, channels], row-major
};

/// Three channels; grey is repeated.
[[nodiscard]] Image to_colour(Image image);
/// One channel: L = (19595 R + 38470 G + 7471 B + 32768) / 65536, Pillow's convert("L").
[[nodiscard]] Image to_grey(Image image);
/// The pixels in the order [channels, height, width] of a dataset file.
[[nodiscard]] std::vector<std::uint8_t> planes(const Image& image);

}  // namespace cance::image
