// Batch normalisation followed by a leaky ReLU as one differentiable operation: two passes over the
// data each way.
#pragma once

#include <vector>

#include "nn/torch_headers.hpp"

namespace cance::nn {

/// Batch normalisation over all dimensions but the second, optional affine, then leaky ReLU of this
/// slope (1 = none).
class BatchNormLeaky {
 public:
  /// Registers weight and bias (ones, zeros) when `affine`, running mean and variance (zeros, ones)
  /// always.
  BatchNormLeaky(std::int64_t channels, bool affine, double slope);

  /// Training: statistics of this batch (biased variance), running ones updated with momentum .1
  /// (unbiased variance). Evaluation: running statistics. x (B, C) or (B, C, H, W).
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, bool training);

  torch::Tensor weight, bias;                    ///< (C); undefined without affine
  torch::Tensor running_mean, running_variance;  ///< (C)

 private:
  double slope_;
};

inline constexpr double kBatchNormEpsilon = 1e-5;
inline constexpr double kBatchNormMomentum = 0.1;

}  // namespace cance::nn
