// A convolution of a trained network with what follows it: bias, a tensor to add and ReLU. On the
// CPU float32 kernels of 3x3 and stride 1 go by Winograd's way; others are one call of oneDNN on
// weights that were reordered once, where torch's eager operators pass over the result three times.
// On a GPU
// cuDNN's operators that do the same, where it has them for these shapes and this precision.
// Elsewhere torch's operators. No gradients.
#pragma once

#include "nn/tensor.hpp"

namespace cance::nn {

class FusedConv {
 public:
  /// weight (out, in, k, k) and bias (out) on the device and in the precision of the inputs, which
  /// are squares of `input_size` pixels with a batch of about `batch`.
  FusedConv(const at::Tensor& weight, at::Tensor bias, std::int64_t stride, std::int64_t padding,
            std::int64_t batch, std::int64_t input_size);

  /// x (B, in, h, w), channels last, to (B, out, h', w').
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x, bool relu) const;
  /// relu(conv(x) + other); `other` is used up.
  [[nodiscard]] at::Tensor add_relu(const at::Tensor& x, at::Tensor other) const;

 private:
  /// The way of a convolution, chosen once.
  enum class Way { torch, onednn, winograd, cudnn };
  [[nodiscard]] at::Tensor by_winograd(const at::Tensor& x, const at::Tensor& other,
                                       bool relu) const;

  Way way_;
  at::Tensor weight_, bias_;
  std::array<std::int64_t, 2> strides_, paddings_;
};

}  // namespace cance::nn
