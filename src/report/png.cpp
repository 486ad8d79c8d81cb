#include "report/png.hpp"

#include <zlib.h>

#include <array>

#include "base/cast.hpp"
#include "base/error.hpp"

namespace cance::report {

namespace {

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
  }
  return bytes;
}

const Bytef* as_bytes(const std::string& text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

std::string chunk(const std::string& type, const std::string& content) {
  const std::string body = type + content;
  const uLong sum = crc32(crc32(0, nullptr, 0), as_bytes(body), to<uInt>(body.size()));
  return big_endian(to<std::uint32_t>(content.size())) + body + big_endian(to<std::uint32_t>(sum));
}

std::string deflated(const std::string& raw) {
  uLongf size = compressBound(to<uLong>(raw.size()));
  std::string packed(size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(packed.data()), &size, as_bytes(raw),
                               to<uLong>(raw.size()), Z_BEST_COMPRESSION);
  require(status == Z_OK, "zlib could not pack an image of {} bytes (status {})", raw.size(),
          status);
  packed.resize(size);
  return packed;
}

}  // namespace

std::string encode_png(std::span<const std::uint8_t> planar, std::size_t channels,
                       std::size_t height, std::size_t width) {
  require(channels == 1 || channels == 3, "a PNG of {} channels: only 1 or 3 can be shown",
          channels);
  require(height > 0 && width > 0 && planar.size() == channels * height * width,
          "an image of shape {} x {} x {} has {} bytes", channels, height, width, planar.size());
  constexpr char kGrey = 0;
  constexpr char kRgb = 2;
  std::string rows;
  rows.reserve(height * (width * channels + 1));
  for (std::size_t y = 0; y < height; ++y) {
    rows += '\0';  // filter: none
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < channels; ++c) {
        rows += static_cast<char>(planar[(c * height + y) * width + x]);
      }
    }
  }
  const std::string format{8, channels == 1 ? kGrey : kRgb, 0, 0, 0};
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", big_endian(to<std::uint32_t>(width)) +
                           big_endian(to<std::uint32_t>(height)) + format) +
         chunk("IDAT", deflated(rows)) + chunk("IEND", "");
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    unsigned word = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      word = (word << 8U) | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kDigits[(word >> (18U - 6U * static_cast<unsigned>(k))) & 63U] : '=';
    }
  }
  return text;
}

std::string png_data_uri(std::span<const std::uint8_t> planar, std::size_t channels,
                         std::size_t height, std::size_t width) {
  return "data:image/png;base64," + base64(encode_png(planar, channels, height, width));
}

}  // namespace cance::report
