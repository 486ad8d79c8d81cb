// A picture as a row of pixels.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hdf5/group.hpp"
#include "image/image.hpp"

namespace cance::prep {

struct Pixels {
  std::vector<std::uint8_t> values;  ///< [c, h, w]
  std::size_t cut = 0;               ///< samples of the file beyond the range
};

/// The bytes of a picture file as pixels: the shorter side resized, then the middle,
/// in grey for one channel and in colour for three. Errors, with `where`: as of image::decode.
[[nodiscard]] Pixels square_of(std::span<const std::uint8_t> file, const std::string& where,
                               const Shape& shape, const image::SampleRange& range);

/// The same of a picture that has this shape already. Error: it has another.
[[nodiscard]] Pixels pixels_of(std::span<const std::uint8_t> file, const std::string& where,
                               const Shape& shape, const image::SampleRange& range);

}  // namespace cance::prep
