// Convolutions as matrix products of the patches under the kernel, a few rows of an image at a time
// so that patches stay in the cache: oneDNN's products run nearer to the processor's peak than its
// convolutions of few channels (which pad one channel to sixteen). Float32 on the CPU; images in
// channels-last memory.
#pragma once

#include "nn/tensor.hpp"

namespace cance::nn {

/// Where the patches of a plane lie: patch (row, column) starts at (row stride - top,
/// column stride - left).
struct PatchGrid {
  std::int64_t stride = 1, top = 0, left = 0;
  std::int64_t rows = 0, columns = 0;
};

/// at::conv2d of x (B, in, H, W) with weight (out, in, h, w) and bias (out) or none.
/// Differentiable once, as all here.
[[nodiscard]] at::Tensor patch_conv(const at::Tensor& x, const at::Tensor& weight,
                                    const at::Tensor& bias, std::int64_t stride,
                                    std::int64_t padding);

/// The same with a grid of its own, which may reach beyond the plane: zeros lie there.
[[nodiscard]] at::Tensor patch_conv(const at::Tensor& x, const at::Tensor& weight,
                                    const at::Tensor& bias, const PatchGrid& grid);

/// at::conv_transpose2d of x (B, in, h, w) with weight (in, out, k, k), bias (out) or none, and
/// output_padding `extra`.
[[nodiscard]] at::Tensor patch_conv_transpose(const at::Tensor& x, const at::Tensor& weight,
                                              const at::Tensor& bias, std::int64_t stride,
                                              std::int64_t padding, std::int64_t extra);

/// A convolution of stride 1 that keeps height and width, its kernel starting `top` rows above and
/// `left` columns before a pixel: by patches or by torch's operators.
[[nodiscard]] at::Tensor conv_at(const at::Tensor& x, const at::Tensor& weight,
                                 const at::Tensor& bias, std::int64_t top, std::int64_t left);

/// Whether a convolution with this kernel is faster so: float32 on the CPU by one thread (oneDNN
/// shares its convolutions better among several) where the stride is above 1 or a patch is a pixel,
/// and where gradients go back to planes of one channel.
[[nodiscard]] bool patches_pay(const at::Tensor& x, const at::Tensor& weight, std::int64_t stride);

}  // namespace cance::nn
