// Batch normalisation followed by a leaky ReLU as one differentiable operation: two passes over the
// data each way, one reduction each way where a team shares the batch.
#pragma once

#include "nn/team.hpp"

namespace cance::nn {

/// Batch normalisation over all dimensions but the second, optional affine, then leaky ReLU of this
/// slope (1 = none).
class BatchNormLeaky {
 public:
  /// Registers running mean and variance (0, 1) and, when `affine`, weight and bias (1, 0).
  BatchNormLeaky(std::int64_t channels, bool affine, double slope);

  /// Training: statistics of the global batch (biased variance), running ones updated with momentum
  /// .1 (unbiased variance); collective. Evaluation: running statistics. x (B, C) or (B, C, H, W),
  /// this rank's rows, none allowed in a team; channels of K models one behind the other.
  [[nodiscard]] at::Tensor forward(const at::Tensor& x, bool training);

  [[nodiscard]] double slope() const { return slope_; }
  /// Whose batch it is from now on.
  void share_with(const Team& team) { team_ = team; }

  at::Tensor weight, bias;                    ///< (C), of K models (K, C); undefined without affine
  at::Tensor running_mean, running_variance;  ///< (C), (K, C)

 private:
  double slope_;
  Team team_;
};

inline constexpr double kBatchNormEpsilon = 1e-5;
inline constexpr double kBatchNormMomentum = 0.1;

}  // namespace cance::nn
