#include "data_prep/pictures/picture_pixels.hpp"

#include "base/error.hpp"
#include "image/decode.hpp"
#include "image/resize.hpp"

namespace cance::prep {

Pixels square_of(std::span<const std::uint8_t> file, const std::string& where, const Shape& shape,
                 const image::SampleRange& range) {
  const image::Image decoded = image::decode(file, where, image::kMostPixels, range);
  try {
    const auto square = image::resize_and_crop(decoded, shape[1], shape[1]);
    return {image::planes(shape[0] == 1 ? image::to_grey(square) : image::to_colour(square)),
            decoded.cut};
  } catch (const Error& error) {
    fail("{}: {}", where, error.what());
  }
}

Pixels pixels_of(std::span<const std::uint8_t> file, const std::string& where, const Shape& shape,
                 const image::SampleRange& range) {
  const image::Image image = image::decode(file, where, image::kMostPixels, range);
  const Shape found{image.channels, image.height, image.width};
  require(found == shape, "{}: a picture of {} (channels x height x width), expected {}", where,
          fmt::join(found, " x "), fmt::join(shape, " x "));
  return {image::planes(image), image.cut};
}

}  // namespace cance::prep
