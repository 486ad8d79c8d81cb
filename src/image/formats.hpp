// The formats behind decode.hpp.
#pragma once

#include <span>
#include <string>

#include "image/image.hpp"

namespace cance::image {

/// The bytes of a file, its name for messages, and how large a picture may be.
struct Source {
  std::span<const std::uint8_t> bytes;
  const std::string& where;
  std::size_t most_pixels;
};

[[nodiscard]] Form jpeg_form(const Source& source);
[[nodiscard]] Image decode_jpeg(const Source& source);
[[nodiscard]] Form png_form(const Source& source);
[[nodiscard]] Image decode_png(const Source& source, const SampleRange& range);
/// Least and greatest sample; whole where they are of 8 bits.
[[nodiscard]] SampleRange png_range(const Source& source);
[[nodiscard]] Form bmp_form(const Source& source);
[[nodiscard]] Image decode_bmp(const Source& source);

/// `form` itself. Errors: sides of 0, over `most_pixels`, or more than `pixels_per_byte` pixels for
/// each byte of the file, which no whole file has.
[[nodiscard]] Form checked(const Form& form, const Source& source, std::size_t pixels_per_byte);

/// A picture of that form with its pixels allocated.
[[nodiscard]] Image allocate(const Form& form);

}  // namespace cance::image
