// The losses of Deep SVDD on squared distances d from the centre, this rank's part of the batch's.
#pragma once

#include "nn/tensor.hpp"

namespace cance::detectors {

/// Mean of d (B) over the `rows` rows of the global batch.
[[nodiscard]] at::Tensor one_class_loss(const at::Tensor& d, std::int64_t rows);

/// Deep SAD: the sum of d (B), the first `normal` of them of normal rows, the others as eta / d of
/// labelled anomalies, over the `rows` rows of the global batch.
[[nodiscard]] at::Tensor labelled_loss(const at::Tensor& d, std::int64_t normal, double eta,
                                       std::int64_t rows);

/// R^2 + (1 / nu) mean max(0, d - R^2).
[[nodiscard]] at::Tensor soft_boundary_loss(const at::Tensor& d, const at::Tensor& radius,
                                            double nu, std::int64_t rows);

/// Where `moves` (a bool on the device): R becomes the (1 - nu) quantile of the global sqrt(d).
void move_radius(at::Tensor& radius, const at::Tensor& d, double nu, const at::Tensor& moves);

/// Mean of the outputs (N, m); entries nearer to 0 than .1, which zero weights reach, go to +-.1.
[[nodiscard]] at::Tensor centre_of(const at::Tensor& outputs);

}  // namespace cance::detectors
