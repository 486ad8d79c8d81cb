// The embedded digits as tensors: the same images on every machine.
#pragma once

#include <vector>

#include "data_prep/drawn/glyphs.hpp"
#include "nn/tensor.hpp"

namespace cance::tests {

/// The first `count` drawings of a digit, (count, 1, 28, 28) float64 in 0..1.
inline at::Tensor drawings(prep::GlyphPart part, std::uint64_t digit, std::uint64_t count) {
  std::vector<at::Tensor> images;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::vector<std::uint8_t> pixels = prep::draw_glyph(/*seed=*/0, part, 10 * i + digit);
    images.push_back(at::from_blob(pixels.data(), {1, 28, 28}, at::kByte).clone());
  }
  return at::stack(images).to(at::kDouble) / 255;
}

}  // namespace cance::tests
