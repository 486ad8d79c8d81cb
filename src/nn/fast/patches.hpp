// The patches of images under a kernel, some rows of the grid at a time.
#pragma once

#include <algorithm>

#include "base/cast.hpp"
#include "nn/fast/kernels.hpp"
#include "nn/fast/patch_grid.hpp"
#include "nn/tensor.hpp"

namespace cance::nn {

constexpr std::int64_t kTileNumbers = 1 << 16;  // of patches: a quarter of the L2 cache

inline float* numbers(const at::Tensor& t) { return t.mutable_data_ptr<float>(); }

/// Patches over a batch of planes, as a matrix (images rows columns, h w channels) of which some
/// grid rows are made at a time.
class Patches {
 public:
  Patches(std::int64_t images, kernels::Patches shape)
      : shape_(shape),
        grid_rows_(images * to<std::int64_t>(shape.rows)),
        columns_(to<std::int64_t>(shape.columns)),
        width_(to<std::int64_t>(shape.kernel_height * shape.kernel_width * shape.channels)),
        plain_(shape.kernel_height * shape.kernel_width * shape.stride == 1 && shape.top == 0 &&
               shape.left == 0 && shape.rows == shape.height && shape.columns == shape.width) {}

  [[nodiscard]] std::int64_t width() const { return width_; }
  [[nodiscard]] std::int64_t count() const { return grid_rows_ * columns_; }

  /// f(first patch, patches, their numbers) for tiles of patches of the planes.
  template <class F>
  void for_tiles(const at::Tensor& planes, F f) const {
    const at::Tensor tile = buffer(planes);
    for_rows([&](std::int64_t first, std::int64_t last) {
      float* const patches = plain_ ? numbers(planes) + first * columns_ * width_ : numbers(tile);
      if (!plain_) {
        kernels::fastest().planes_to_patches(numbers(planes), shape_, to<std::size_t>(first),
                                             to<std::size_t>(last), patches);
      }
      f(first * columns_, (last - first) * columns_, patches);
    });
  }

  /// The adjoint: planes (zeros before) become the sums of the patches that f writes.
  template <class F>
  void sum_tiles(const at::Tensor& planes, F f) const {
    const at::Tensor tile = buffer(planes);
    if (!plain_) {
      planes.zero_();
    }
    for_rows([&](std::int64_t first, std::int64_t last) {
      float* const patches = plain_ ? numbers(planes) + first * columns_ * width_ : numbers(tile);
      f(first * columns_, (last - first) * columns_, patches);
      if (!plain_) {
        kernels::fastest().patches_to_planes(patches, shape_, to<std::size_t>(first),
                                             to<std::size_t>(last), numbers(planes));
      }
    });
  }

 private:
  [[nodiscard]] std::int64_t rows_at_a_time() const {
    return std::max<std::int64_t>(1, kTileNumbers / (columns_ * width_));
  }
  [[nodiscard]] at::Tensor buffer(const at::Tensor& like) const {
    return plain_ ? at::Tensor()
                  : at::empty({rows_at_a_time() * columns_ * width_}, like.options());
  }
  template <class F>
  void for_rows(F f) const {
    for (std::int64_t first = 0; first < grid_rows_; first += rows_at_a_time()) {
      f(first, std::min(grid_rows_, first + rows_at_a_time()));
    }
  }

  kernels::Patches shape_;
  std::int64_t grid_rows_, columns_, width_;
  bool plain_;  // a patch is a pixel: nothing to copy
};

/// Of planes (B, channels, H, W) under kernels of weight (.., channels, h, w).
inline Patches patches_over(const at::Tensor& planes, const at::Tensor& weight,
                            const PatchGrid& g) {
  const auto size = [](std::int64_t value) { return to<std::size_t>(value); };
  return {
      planes.size(0),
      {size(planes.size(2)), size(planes.size(3)), size(planes.size(1)), size(g.rows),
       size(g.columns), size(weight.size(2)), size(weight.size(3)), size(g.stride), g.top, g.left}};
}

}  // namespace cance::nn
