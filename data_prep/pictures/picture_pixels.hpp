// A picture as a row of pixels.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hdf5/group.hpp"
#include "image/image.hpp"

namespace cance::prep {

/// The bytes of a picture file as pixels [c, h, w]: the shorter side resized, then the middle,
/// in grey for one channel and in colour for three. Errors, with `where`: as of image::decode.
[[nodiscard]] std::vector<std::uint8_t> square_of(std::span<const std::uint8_t> file,
                                                  const std::string& where, const Shape& shape,
                                                  const image::SampleRange& range);

/// The same of a picture that has this shape already. Error: it has another.
[[nodiscard]] std::vector<std::uint8_t> pixels_of(std::span<const std::uint8_t> file,
                                                  const std::string& where, const Shape& shape,
                                                  const image::SampleRange& range);

}  // namespace cance::prep
