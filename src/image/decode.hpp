// JPEG, PNG and BMP to pictures, as Pillow's Image.open(...).convert("RGB"); grey stays grey.
#pragma once

#include <span>
#include <string>

#include "image/image.hpp"

namespace cance::image {

/// Pillow's own limit, 256 MiB of colour.
inline constexpr std::size_t kMostPixels = 89'478'485;

/// The bytes of a JPEG, PNG or BMP file as a picture. Transparency is dropped, palettes become
/// colour (of a BMP that holds grey alone, grey), CMYK becomes RGB, 16-bit samples become 8 bits by
/// `range`; by the whole one they keep their high byte (Pillow does so for colour; 16-bit grey it
/// cuts at 255, which leaves white). The EXIF orientation is ignored, as by Image.open. `where`
/// begins the messages. Errors: another format, damaged or truncated, over `most_pixels` or more
/// pixels than so few bytes can hold (both refused before anything is allocated).
[[nodiscard]] Image decode(std::span<const std::uint8_t> bytes, const std::string& where,
                           std::size_t most_pixels = kMostPixels, const SampleRange& range = {});

/// Least and greatest sample of a picture of 16 bits, the whole range of others. Errors: as decode.
[[nodiscard]] SampleRange sample_range(std::span<const std::uint8_t> bytes,
                                       const std::string& where);

/// What the picture's header says, without decoding. Errors: as decode, as far as it shows them.
[[nodiscard]] Form read_form(std::span<const std::uint8_t> bytes, const std::string& where,
                             std::size_t most_pixels = kMostPixels);

}  // namespace cance::image
