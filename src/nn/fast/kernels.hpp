// Float kernels of the hot path on the CPU, free of torch: row-major blocks of rows, plain loops
// that the compiler turns into vector code (kernels.cpp is compiled with -ffast-math for the sums
// and quotients), once for each kind of processors.
#pragma once

#include <cstddef>

namespace cance::nn::kernels {

/// A grid of rows x columns patches over a plane of height x width pixels of some channels: patch
/// (row, column) starts at pixel (row stride - top, column stride - left).
struct Patches {
  std::size_t height, width, channels, rows, columns, kernel_height, kernel_width, stride;
  std::ptrdiff_t top, left;
};

struct Kernels {
  /// y = silu(x + bias), slope = silu'(x + bias), perhaps in x's memory. (rows, cols), bias (cols).
  void (*bias_silu)(const float* x, const float* bias, float* y, float* slope, std::size_t rows,
                    std::size_t cols);

  /// y *= x and sum[c] += the sum over rows of the new y. x and y (rows, cols).
  void (*multiply_and_sum)(const float* x, float* y, float* sum, std::size_t rows,
                           std::size_t cols);

  /// sum[c] and square[c]: float64 sums over rows of x - shift and its square. x (rows, cols).
  void (*column_sums)(const float* x, const float* shift, double* sum, double* square,
                      std::size_t rows, std::size_t cols);

  /// y = leaky(x * scale + offset), leaky(v) = v > 0 ? v : slope v. Per column scale and offset.
  void (*scale_leaky)(const float* x, const float* scale, const float* offset, float slope,
                      float* y, std::size_t rows, std::size_t cols);

  /// With g = grad * (y > 0 ? 1 : slope): float64 sums of g, and of g * (x - mean), by column.
  void (*leaky_backward_sums)(const float* grad, const float* y, const float* x, const float* mean,
                              float slope, double* sum_g, double* sum_gx, std::size_t rows,
                              std::size_t cols);

  /// dx = g * scale + (x - mean) * slope_x + offset with the same g; all three per column.
  void (*leaky_backward)(const float* grad, const float* y, const float* x, const float* mean,
                         float slope, const float* scale, const float* slope_x, const float* offset,
                         float* dx, std::size_t rows, std::size_t cols);

  /// y = tanh(a) logistic(b) of x (rows, 2 cols), a in its first columns and b in its last; parts
  /// (rows, 2 cols) keeps both factors.
  void (*gate)(const float* x, float* y, float* parts, std::size_t rows, std::size_t cols);

  /// dx (rows, 2 cols) of grad (rows, cols) and what `gate` kept.
  void (*gate_backward)(const float* grad, const float* parts, float* dx, std::size_t rows,
                        std::size_t cols);

  /// patches ((last - first) columns, kernel_height kernel_width channels) of the grid rows [first,
  /// last) over all planes (images, height, width, channels); zero outside of a plane.
  void (*planes_to_patches)(const float* planes, const Patches& shape, std::size_t first,
                            std::size_t last, float* patches);

  /// The adjoint: adds the patches to the pixels that they came from.
  void (*patches_to_planes)(const float* patches, const Patches& shape, std::size_t first,
                            std::size_t last, float* planes);
};

extern const Kernels kBuilt, kAvx2, kAvx512;  ///< see nn/fast/variants.hpp

/// The fastest of them that this processor can run.
[[nodiscard]] const Kernels& fastest();

}  // namespace cance::nn::kernels
