// PNG files by libpng, as text that a page can hold (8 bits, grey or RGB), for its galleries.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cance::report {

/// The PNG file of an image stored planar, shape (channels, height, width), channels 1 or 3.
[[nodiscard]] std::string encode_png(std::span<const std::uint8_t> planar, std::size_t channels,
                                     std::size_t height, std::size_t width);
/// RFC 4648 base 64 with padding, by OpenSSL.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace cance::report
