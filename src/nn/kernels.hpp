// Float kernels of the hot path on the CPU, free of torch: row-major blocks of rows, plain loops
// that the compiler turns into vector code (kernels.cpp is compiled with -ffast-math for the sums
// and quotients).
#pragma once

#include <cstddef>

namespace cance::nn::kernels {

/// y = silu(x + bias) and slope = silu'(x + bias); x and slope may be the same memory. Shapes
/// (rows, cols), bias (cols).
void bias_silu(const float* x, const float* bias, float* y, float* slope, std::size_t rows,
               std::size_t cols);

/// y *= x and sum[c] += the sum over rows of the new y. x and y (rows, cols).
void multiply_and_sum(const float* x, float* y, float* sum, std::size_t rows, std::size_t cols);

/// sum[c] and square[c]: sums over rows of x - shift and of (x - shift)^2, in float64. x (rows,
/// cols).
void column_sums(const float* x, const float* shift, double* sum, double* square, std::size_t rows,
                 std::size_t cols);

/// y = leaky(x * scale + offset), leaky(v) = v > 0 ? v : slope v. Per column scale and offset.
void scale_leaky(const float* x, const float* scale, const float* offset, float slope, float* y,
                 std::size_t rows, std::size_t cols);

/// With g = grad * (y > 0 ? 1 : slope): sum_g[c] = sum of g, sum_gx[c] = sum of g * (x - mean), in
/// float64.
void leaky_backward_sums(const float* grad, const float* y, const float* x, const float* mean,
                         float slope, double* sum_g, double* sum_gx, std::size_t rows,
                         std::size_t cols);

/// dx = g * scale + (x - mean) * slope_x + offset with the same g; per column scale, slope_x,
/// offset.
void leaky_backward(const float* grad, const float* y, const float* x, const float* mean,
                    float slope, const float* scale, const float* slope_x, const float* offset,
                    float* dx, std::size_t rows, std::size_t cols);

/// A grid of rows x columns square patches over a plane of height x width.
struct Patches {
  std::size_t height, width, rows, columns, kernel, stride, padding;
};

/// patches (images * rows * columns, kernel * kernel) of planes (images, height, width); zero
/// outside.
void plane_to_patches(const float* planes, std::size_t images, const Patches& shape,
                      float* patches);

/// The adjoint: every plane becomes the sum of its overlapping patches.
void patches_to_plane(const float* patches, std::size_t images, const Patches& shape,
                      float* planes);

}  // namespace cance::nn::kernels
