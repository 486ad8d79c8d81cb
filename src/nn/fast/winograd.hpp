// 3x3 convolutions of stride 1 by Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, CVPR
// 2016): a quarter of the multiplications, which become 36 matrix products. Free of torch.
// Rounding is about ten times that of the plain sum: some 1e-6 of the largest value.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace cance::nn::winograd {

inline constexpr std::size_t kTile = 4;     ///< a tile's side in the result
inline constexpr std::size_t kPatch = 6;    ///< and in the input
inline constexpr std::size_t kPlanes = 36;  ///< products; kPatch squared
inline constexpr std::size_t kLanes = 16;   ///< channels are multiples of it

/// Images (count, height, width, channels), channels fastest, cut in tiles row by row.
struct Grid {
  std::size_t count, height, width;
  [[nodiscard]] std::size_t rows() const { return (height + kTile - 1) / kTile; }
  [[nodiscard]] std::size_t columns() const { return (width + kTile - 1) / kTile; }
  [[nodiscard]] std::size_t tiles() const { return count * rows() * columns(); }
};

/// Weights (out, in, 3, 3) as (kPlanes, in, out).
[[nodiscard]] std::vector<float> transform_weights(std::span<const float> weights, std::size_t out,
                                                   std::size_t in);

struct Transforms {
  /// Tiles [first, last) of x to `planes`: number `first` is row 0 of each (tiles, channels) plane;
  /// planes are `stride` floats apart. Zero beyond the borders.
  void (*input)(const float* x, const Grid& grid, std::size_t channels, std::size_t first,
                std::size_t last, float* planes, std::size_t stride);

  /// The inverse, with what follows: y = max(products + bias + other, least), `other` none when
  /// null. It may be y itself. Images as of the input, channels those of the products.
  void (*output)(const float* planes, std::size_t stride, const float* bias, const float* other,
                 float least, const Grid& grid, std::size_t channels, std::size_t first,
                 std::size_t last, float* y);
};

extern const Transforms kBuilt, kAvx2, kAvx512;  ///< see nn/fast/variants.hpp

/// The fastest of them that this processor can run.
[[nodiscard]] const Transforms& fastest();

}  // namespace cance::nn::winograd
