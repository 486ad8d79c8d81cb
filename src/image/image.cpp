#include "image/image.hpp"

#include <algorithm>
#include <cmath>

namespace cance::image {

std::uint8_t level(double sample, const SampleRange& range) {
  if (range == SampleRange{}) {
    return static_cast<std::uint8_t>(std::clamp(std::floor(sample / 256), 0.0, 255.0));
  }
  const double scaled = (sample - range.low) * 255 / (range.high - range.low);
  return static_cast<std::uint8_t>(std::clamp(std::round(scaled), 0.0, 255.0));
}

Image to_colour(Image image) {
  if (image.channels == 3) {
    return image;
  }
  Image colour{3, image.height, image.width, {}};
  colour.pixels.reserve(3 * image.pixels.size());
  for (const std::uint8_t grey : image.pixels) {
    colour.pixels.insert(colour.pixels.end(), 3, grey);
  }
  return colour;
}

Image to_grey(Image image) {
  if (image.channels == 1) {
    return image;
  }
  Image grey{1, image.height, image.width, std::vector<std::uint8_t>(image.height * image.width)};
  for (std::size_t i = 0; i < grey.pixels.size(); ++i) {
    const std::uint8_t* rgb = image.pixels.data() + 3 * i;
    grey.pixels[i] = static_cast<std::uint8_t>(
        (rgb[0] * 19595U + rgb[1] * 38470U + rgb[2] * 7471U + 0x8000U) >> 16U);
  }
  return grey;
}

std::vector<std::uint8_t> planes(const Image& image) {
  const std::size_t size = image.height * image.width;
  std::vector<std::uint8_t> result(image.pixels.size());
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t c = 0; c < image.channels; ++c) {
      result[c * size + i] = image.pixels[i * image.channels + c];
    }
  }
  return result;
}

}  // namespace cance::image
