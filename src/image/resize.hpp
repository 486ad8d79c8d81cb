// Resizing as Pillow and torchvision do it, to the same grey levels.
#pragma once

#include "image/image.hpp"

namespace cance::image {

/// Weights of the sources of an output pixel of a line, in units of 2^-kWeightBits: it is
/// min(255, (1/2 + sum_t weights[t] in[first + t]) >> kWeightBits), the half in the same units.
struct Taps {
  std::size_t first = 0;
  std::vector<std::int32_t> weights;
};
inline constexpr int kWeightBits = 32 - 8 - 2;  // Pillow's PRECISION_BITS
inline constexpr std::int32_t kHalfWeight = 1 << (kWeightBits - 1);

/// Of every pixel of a line of `size` that `resize` makes one of `becomes`.
[[nodiscard]] std::vector<Taps> resize_taps(std::size_t size, std::size_t becomes);

/// Bilinear with antialiasing: Pillow's resize((width, height), BILINEAR) on 8-bit pictures, with
/// its fixed-point weights and the order of Pillow up to 12: along rows first. (Pillow 13 goes
/// along columns first for some shapes, which moves a few pixels by one level.) Sides of 1 or more.
[[nodiscard]] Image resize(const Image& image, std::size_t height, std::size_t width);

/// torchvision's Resize(shorter) and then CenterCrop(crop); only what is kept is computed. Errors:
/// crop over shorter, or a picture so long and thin that its longer side would pass 65,535.
[[nodiscard]] Image resize_and_crop(const Image& image, std::size_t shorter, std::size_t crop);

}  // namespace cance::image
