// BMP as cameras, OpenCV, Pillow and Windows write it: uncompressed, of 1, 4, 8, 24 or 32 bits.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "image/formats.hpp"

namespace cance::image {
namespace {

constexpr std::size_t kFileHeader = 14;
constexpr std::size_t kCoreHeader = 12;
constexpr std::size_t kBmpPixelsPerByte = 8;

using Colour = std::array<std::uint8_t, 3>;  // red, green, blue

/// What the headers say.
struct Bmp {
  std::size_t width = 0, height = 0, bits = 0;
  std::size_t pixels = 0;  ///< where they begin
  std::size_t stride = 0;  ///< bytes of a row
  bool top_down = false;
  bool grey = false;
  std::vector<Colour> palette;  ///< of pictures up to 8 bits: an entry for each value
};

std::uint32_t number(const Source& source, std::size_t at, std::size_t count) {
  require(at + count <= source.bytes.size(), "{}: damaged BMP: the file ends too soon",
          source.where);
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value |= static_cast<std::uint32_t>(source.bytes[at + i]) << (8 * i);
  }
  return value;
}

/// Entries that the file does not have stay black.
std::vector<Colour> read_palette(const Source& source, std::size_t at, std::size_t count,
                                 std::size_t size, std::size_t bits) {
  std::vector<Colour> palette(std::size_t{1} << bits);
  for (std::size_t i = 0; i < std::min(count, palette.size()); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      palette[i][2 - c] = static_cast<std::uint8_t>(number(source, at + i * size + c, 1));
    }
  }
  return palette;
}

/// Uncompressed, or 32 bits with the usual order of colours said in masks.
bool plain(const Source& source, std::size_t bits) {
  const std::uint32_t compression = number(source, 30, 4);
  return compression == 0 || (compression == 3 && bits == 32 && number(source, 54, 4) == 0xFF0000 &&
                              number(source, 58, 4) == 0xFF00 && number(source, 62, 4) == 0xFF);
}

Bmp read_bmp(const Source& source) {
  Bmp bmp;
  bmp.pixels = number(source, 10, 4);
  const std::size_t header = number(source, kFileHeader, 4);
  const bool core = header == kCoreHeader;
  require(core || (header >= 40 && header <= 124), "{}: damaged BMP: a header of {} bytes",
          source.where, header);
  const std::size_t side = core ? 2 : 4;
  bmp.width = number(source, 18, side);
  const auto height = static_cast<std::int32_t>(number(source, 18 + side, side));
  bmp.height = static_cast<std::size_t>(std::abs(std::int64_t{height}));
  bmp.top_down = height < 0;
  bmp.bits = number(source, core ? 24 : 28, 2);
  constexpr std::array<std::size_t, 5> kBits = {1, 4, 8, 24, 32};
  require(contains(kBits, bmp.bits) && (core || plain(source, bmp.bits)),
          "{}: a BMP of {} bits{}; save it as PNG", source.where, bmp.bits,
          core || plain(source, bmp.bits) ? "" : ", compressed");
  if (bmp.bits <= 8) {
    const std::size_t said = core ? 0 : number(source, 46, 4);
    const std::size_t count = said == 0 ? std::size_t{1} << bmp.bits : said;
    bmp.palette = read_palette(source, kFileHeader + header, count, core ? 3 : 4, bmp.bits);
    bmp.grey = std::ranges::all_of(bmp.palette,
                                   [](const Colour& c) { return c[0] == c[1] && c[1] == c[2]; });
  }
  static_cast<void>(checked({1, bmp.height, bmp.width}, source, kBmpPixelsPerByte));
  bmp.stride = (bmp.width * bmp.bits + 31) / 32 * 4;
  return bmp;
}

Form form_of(const Bmp& bmp) { return {bmp.grey ? std::size_t{1} : 3, bmp.height, bmp.width}; }

Colour colour_at(const Bmp& bmp, const std::uint8_t* row, std::size_t x) {
  if (bmp.bits > 8) {
    const std::uint8_t* const pixel = row + x * bmp.bits / 8;
    return {pixel[2], pixel[1], pixel[0]};
  }
  const std::size_t bit = x * bmp.bits;
  const auto shift = 8 - bmp.bits - bit % 8;
  return bmp.palette[(row[bit / 8] >> shift) & (bmp.palette.size() - 1)];
}

}  // namespace

Form bmp_form(const Source& source) { return form_of(read_bmp(source)); }

Image decode_bmp(const Source& source) {
  const Bmp bmp = read_bmp(source);
  require(bmp.pixels <= source.bytes.size() &&
              bmp.height <= (source.bytes.size() - bmp.pixels) / bmp.stride,
          "{}: damaged BMP: the file ends too soon", source.where);
  Image image = allocate(form_of(bmp));
  std::uint8_t* out = image.pixels.data();
  for (std::size_t y = 0; y < bmp.height; ++y) {
    const std::size_t line = bmp.top_down ? y : bmp.height - 1 - y;
    const std::uint8_t* const row = source.bytes.data() + bmp.pixels + line * bmp.stride;
    for (std::size_t x = 0; x < bmp.width; ++x) {
      const Colour colour = colour_at(bmp, row, x);
      out = std::copy_n(colour.begin(), image.channels, out);
    }
  }
  return image;
}

}  // namespace cance::image
