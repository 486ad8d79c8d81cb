#include "image/decode.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "image/formats.hpp"

namespace cance::image {
namespace {

constexpr std::array<std::uint8_t, 3> kJpeg = {0xFF, 0xD8, 0xFF};
constexpr std::array<std::uint8_t, 8> kPng = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

bool begins_with(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> signature) {
  return bytes.size() >= signature.size() &&
         std::ranges::equal(bytes.first(signature.size()), signature);
}

}  // namespace

Image allocate(std::size_t channels, std::size_t height, std::size_t width, std::size_t bytes,
               std::size_t pixels_per_byte, std::size_t most_pixels, const std::string& where) {
  require(height > 0 && width > 0, "{}: a picture of {} x {} pixels", where, width, height);
  require(height <= most_pixels / width, "{}: {} x {} pixels, more than the limit of {}", where,
          width, height, most_pixels);
  require(height * width / pixels_per_byte <= bytes,
          "{}: {} x {} pixels do not fit its {} bytes; the file is truncated or damaged", where,
          width, height, bytes);
  return {channels, height, width, std::vector<std::uint8_t>(channels * height * width)};
}

Image decode(std::span<const std::uint8_t> bytes, const std::string& where,
             std::size_t most_pixels) {
  require(!bytes.empty(), "{}: empty, expected a JPEG or PNG picture", where);
  if (begins_with(bytes, kJpeg)) {
    return decode_jpeg(bytes, where, most_pixels);
  }
  require(begins_with(bytes, kPng), "{}: neither JPEG nor PNG (by its first bytes)", where);
  return decode_png(bytes, where, most_pixels);
}

}  // namespace cance::image
