// Convolutions with one image plane on one side (grey input, grey output) as matrix products over
// patches. oneDNN pads a single channel to a whole vector there: the first and last layer of the
// 28x28 network took half of a step with it.
#pragma once

#include "nn/torch_headers.hpp"

namespace cance::nn {

struct PlaneGeometry {
  std::int64_t kernel = 0, stride = 0, padding = 0;
};

/// conv2d of x (B, 1, H, W), weight (out, 1, k, k), no bias -> (B, out, h, w) in channels-last
/// memory. Float32, CPU.
[[nodiscard]] torch::Tensor plane_conv(const torch::Tensor& x, const torch::Tensor& weight,
                                       const PlaneGeometry& geometry);

/// conv_transpose2d of x (B, C, h, w), weight (C, 1, k, k), no bias -> (B, 1, H, W). Float32, CPU.
[[nodiscard]] torch::Tensor plane_conv_transpose(const torch::Tensor& x,
                                                 const torch::Tensor& weight,
                                                 const PlaneGeometry& geometry);

}  // namespace cance::nn
