// The gated unit of PixelCNN as one operation.
#pragma once

#include "nn/tensor.hpp"

namespace cance::nn {

/// tanh of the first half of the channels by the logistic function of the second, of x (B, 2 c, h,
/// w): (B, c, h, w). Float32 on the CPU by our kernel, all else by torch's operators.
/// Differentiable once.
[[nodiscard]] at::Tensor gate(const at::Tensor& x);

}  // namespace cance::nn
