#include "report/plot/png.hpp"

#include <openssl/evp.h>
#include <png.h>

#include <vector>

#include "base/cast.hpp"
#include "base/error.hpp"

namespace cance::report {
namespace {

/// (channels, pixels) to (pixels, channels), the order of libpng.
std::vector<std::uint8_t> interleaved(std::span<const std::uint8_t> planar, std::size_t channels) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(planar.size());
  const std::size_t count = planar.size() / channels;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < channels; ++c) {
      pixels.push_back(planar[c * count + i]);
    }
  }
  return pixels;
}

}  // namespace

std::string encode_png(std::span<const std::uint8_t> planar, std::size_t channels,
                       std::size_t height, std::size_t width) {
  require(channels == 1 || channels == 3, "a PNG of {} channels: only 1 or 3 can be shown",
          channels);
  require(height > 0 && width > 0 && planar.size() == channels * height * width,
          "an image of shape {} x {} x {} has {} bytes", channels, height, width, planar.size());
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = to<png_uint_32>(width);
  image.height = to<png_uint_32>(height);
  image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  const std::vector<std::uint8_t> pixels = interleaved(planar, channels);
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string file(size, '\0');
  const int written =
      png_image_write_to_memory(&image, file.data(), &size, 0, pixels.data(), 0, nullptr);
  require(written != 0, "libpng could not pack an image of {} bytes: {}", pixels.size(),
          image.message);
  file.resize(size);
  return file;
}

std::string base64(std::string_view bytes) {
  std::vector<unsigned char> text((bytes.size() + 2) / 3 * 4 + 1);  // OpenSSL ends it by a zero
  const int size = EVP_EncodeBlock(
      text.data(), reinterpret_cast<const unsigned char*>(bytes.data()), to<int>(bytes.size()));
  return {text.begin(), text.begin() + size};
}

}  // namespace cance::report
