#include "nn/fast/winograd.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "nn/fast/variants.hpp"

namespace cance::nn::winograd {
namespace {

/// One number of each of kLanes channels; the compiler makes it registers of the processor.
using Lanes __attribute__((vector_size(kLanes * sizeof(float)))) = float;

Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}
void store(const Lanes& lanes, float* to) { std::memcpy(to, &lanes, sizeof lanes); }

/// B^T d of six numbers `step` apart.
void to_products(const Lanes* d, std::size_t step, Lanes* out, std::size_t out_step) {
  const Lanes d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step],
              d5 = d[5 * step];
  const Lanes even = d4 - 4 * d2, odd = d3 - 4 * d1;
  const Lanes even2 = d4 - d2, odd2 = 2 * (d3 - d1);
  out[0] = 4 * d0 - 5 * d2 + d4;
  out[out_step] = even + odd;
  out[2 * out_step] = even - odd;
  out[3 * out_step] = even2 + odd2;
  out[4 * out_step] = even2 - odd2;
  out[5 * out_step] = 4 * d1 - 5 * d3 + d5;
}

/// A^T m of six numbers `step` apart.
void from_products(const Lanes* m, std::size_t step, Lanes* out, std::size_t out_step) {
  const Lanes sum1 = m[step] + m[2 * step], difference1 = m[step] - m[2 * step];
  const Lanes sum2 = m[3 * step] + m[4 * step], difference2 = m[3 * step] - m[4 * step];
  out[0] = m[0] + sum1 + sum2;
  out[out_step] = difference1 + 2 * difference2;
  out[2 * out_step] = sum1 + 4 * sum2;
  out[3 * out_step] = difference1 + 8 * difference2 + m[5 * step];
}

/// Where a tile lies.
struct Place {
  std::size_t image, row, column;  ///< of its first pixel
};

Place place_of(const Grid& grid, std::size_t tile) {
  const std::size_t in_image = tile % (grid.rows() * grid.columns());
  return {tile / (grid.rows() * grid.columns()), in_image / grid.columns() * kTile,
          in_image % grid.columns() * kTile};
}

/// The pixels under a tile's patch; those beyond the borders are `zeros`.
std::array<const float*, kPlanes> patch_of(const float* x, const Grid& grid, std::size_t channels,
                                           const Place& at, const float* zeros) {
  std::array<const float*, kPlanes> pixels{};
  for (std::size_t i = 0; i < kPlanes; ++i) {
    const std::size_t row = at.row + i / kPatch;  // counted from -1
    const std::size_t column = at.column + i % kPatch;
    const bool inside = row >= 1 && row <= grid.height && column >= 1 && column <= grid.width;
    pixels[i] = inside
                    ? x + ((at.image * grid.height + row - 1) * grid.width + column - 1) * channels
                    : zeros;
  }
  return pixels;
}

void transform_input(const float* x, const Grid& grid, std::size_t channels, std::size_t first,
                     std::size_t last, float* planes, std::size_t stride) {
  const std::vector<float> zeros(channels);
  for (std::size_t tile = first; tile < last; ++tile) {
    const auto pixels = patch_of(x, grid, channels, place_of(grid, tile), zeros.data());
    float* const to = planes + (tile - first) * channels;
    for (std::size_t c = 0; c < channels; c += kLanes) {
      std::array<Lanes, kPlanes> d, half, v;
      for (std::size_t i = 0; i < kPlanes; ++i) {
        d[i] = load(pixels[i] + c);
      }
      for (std::size_t i = 0; i < kPatch; ++i) {
        to_products(&d[i], kPatch, &half[i], kPatch);
      }
      for (std::size_t i = 0; i < kPatch; ++i) {
        to_products(&half[kPatch * i], 1, &v[kPatch * i], 1);
      }
      for (std::size_t i = 0; i < kPlanes; ++i) {
        store(v[i], to + i * stride + c);
      }
    }
  }
}

void transform_output(const float* planes, std::size_t stride, const float* bias,
                      const float* other, float least, const Grid& grid, std::size_t channels,
                      std::size_t first, std::size_t last, float* y) {
  for (std::size_t tile = first; tile < last; ++tile) {
    const Place at = place_of(grid, tile);
    const float* const from = planes + (tile - first) * channels;
    const std::size_t height = std::min(kTile, grid.height - at.row);
    const std::size_t width = std::min(kTile, grid.width - at.column);
    for (std::size_t c = 0; c < channels; c += kLanes) {
      std::array<Lanes, kPlanes> m;
      std::array<Lanes, kTile * kPatch> half;
      std::array<Lanes, kTile * kTile> out;
      for (std::size_t i = 0; i < kPlanes; ++i) {
        m[i] = load(from + i * stride + c);
      }
      for (std::size_t i = 0; i < kPatch; ++i) {
        from_products(&m[i], kPatch, &half[i], kPatch);
      }
      for (std::size_t i = 0; i < kTile; ++i) {
        from_products(&half[kPatch * i], 1, &out[kTile * i], 1);
      }
      const Lanes offset = load(bias + c);
      for (std::size_t row = 0; row < height; ++row) {
        for (std::size_t column = 0; column < width; ++column) {
          const std::size_t pixel =
              ((at.image * grid.height + at.row + row) * grid.width + at.column + column) *
                  channels +
              c;
          Lanes value = out[kTile * row + column] + offset;
          if (other != nullptr) {
            value += load(other + pixel);
          }
          store(value > least ? value : Lanes{} + least, y + pixel);
        }
      }
    }
  }
}

}  // namespace

const Transforms CANCE_VARIANT = {.input = transform_input, .output = transform_output};

}  // namespace cance::nn::winograd
