#include "image/decode.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "image/formats.hpp"

namespace cance::image {
namespace {

constexpr std::array<std::uint8_t, 3> kJpeg = {0xFF, 0xD8, 0xFF};
constexpr std::array<std::uint8_t, 2> kBmp = {'B', 'M'};
constexpr std::array<std::uint8_t, 8> kPng = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

bool begins_with(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> signature) {
  return bytes.size() >= signature.size() &&
         std::ranges::equal(bytes.first(signature.size()), signature);
}

enum class Format { jpeg, png, bmp };

/// What the first bytes of a picture of another format are like.
std::string other_format(std::span<const std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              std::min<std::size_t>(bytes.size(), 12));
  if (text.starts_with("II") || text.starts_with("MM")) {
    return "it looks like TIFF; save it as PNG";
  }
  if (text.starts_with("RIFF") && text.ends_with("WEBP")) {
    return "it looks like WebP; save it as PNG";
  }
  return text.starts_with("GIF8") ? "it looks like GIF; save it as PNG" : "by its first bytes";
}

Format format_of(const Source& source) {
  require(!source.bytes.empty(), "{}: empty, expected a JPEG, PNG or BMP picture", source.where);
  if (begins_with(source.bytes, kJpeg)) {
    return Format::jpeg;
  }
  if (begins_with(source.bytes, kBmp)) {
    return Format::bmp;
  }
  require(begins_with(source.bytes, kPng), "{}: neither JPEG nor PNG nor BMP ({})", source.where,
          other_format(source.bytes));
  return Format::png;
}

}  // namespace

Form checked(const Form& form, const Source& source, std::size_t pixels_per_byte) {
  const auto& [channels, height, width, bits] = form;
  require(height > 0 && width > 0, "{}: a picture of {} x {} pixels", source.where, width, height);
  require(height <= source.most_pixels / width, "{}: {} x {} pixels, more than the limit of {}",
          source.where, width, height, source.most_pixels);
  require(height * width / pixels_per_byte <= source.bytes.size(),
          "{}: {} x {} pixels do not fit its {} bytes; the file is truncated or damaged",
          source.where, width, height, source.bytes.size());
  return form;
}

Image allocate(const Form& form) {
  return {form.channels, form.height, form.width,
          std::vector<std::uint8_t>(form.channels * form.height * form.width)};
}

Image decode(std::span<const std::uint8_t> bytes, const std::string& where, std::size_t most_pixels,
             const SampleRange& range) {
  const Source source{bytes, where, most_pixels};
  const Format format = format_of(source);
  return format == Format::jpeg  ? decode_jpeg(source)
         : format == Format::png ? decode_png(source, range)
                                 : decode_bmp(source);
}

SampleRange sample_range(std::span<const std::uint8_t> bytes, const std::string& where) {
  const Source source{bytes, where, kMostPixels};
  return format_of(source) == Format::png ? png_range(source) : SampleRange{};
}

Form read_form(std::span<const std::uint8_t> bytes, const std::string& where,
               std::size_t most_pixels) {
  const Source source{bytes, where, most_pixels};
  const Format format = format_of(source);
  return format == Format::jpeg  ? jpeg_form(source)
         : format == Format::png ? png_form(source)
                                 : bmp_form(source);
}

}  // namespace cance::image
