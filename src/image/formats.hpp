// The two formats behind decode.hpp.
#pragma once

#include <span>
#include <string>

#include "image/image.hpp"

namespace cance::image {

[[nodiscard]] Image decode_jpeg(std::span<const std::uint8_t> bytes, const std::string& where,
                                std::size_t most_pixels);
[[nodiscard]] Image decode_png(std::span<const std::uint8_t> bytes, const std::string& where,
                               std::size_t most_pixels);

/// A picture of that size with its pixels allocated. Errors: sides of 0, over `most_pixels`, or
/// more than `pixels_per_byte` pixels for each of the file's `bytes`, which no whole file has.
[[nodiscard]] Image allocate(std::size_t channels, std::size_t height, std::size_t width,
                             std::size_t bytes, std::size_t pixels_per_byte,
                             std::size_t most_pixels, const std::string& where);

}  // namespace cance::image
