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

bool is_jpeg(const Source& source) {
  require(!source.bytes.empty(), "{}: empty, expected a JPEG or PNG picture", source.where);
  const bool jpeg = begins_with(source.bytes, kJpeg);
  require(jpeg || begins_with(source.bytes, kPng), "{}: neither JPEG nor PNG (by its first bytes)",
          source.where);
  return jpeg;
}

}  // namespace

Form checked(const Form& form, const Source& source, std::size_t pixels_per_byte) {
  const auto& [channels, height, width] = form;
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

Image decode(std::span<const std::uint8_t> bytes, const std::string& where,
             std::size_t most_pixels) {
  const Source source{bytes, where, most_pixels};
  return is_jpeg(source) ? decode_jpeg(source) : decode_png(source);
}

Form read_form(std::span<const std::uint8_t> bytes, const std::string& where,
               std::size_t most_pixels) {
  const Source source{bytes, where, most_pixels};
  return is_jpeg(source) ? jpeg_form(source) : png_form(source);
}

}  // namespace cance::image
