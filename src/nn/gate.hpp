// The gated unit of PixelCNN as one operation.
#pragma once

#include "nn/torch_headers.hpp"

namespace cance::nn {

/// tanh of the first half of the channels by the logistic function of the second, of x (B, 2 c, h,
/// w): (B, c, h, w). Float32 on the CPU by our kernel, all else by torch's operators.
/// Differentiable once.
[[nodiscard]] torch::Tensor gate(const torch::Tensor& x);

}  // namespace cance::nn
