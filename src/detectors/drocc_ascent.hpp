// DROCC's negatives: points that gradient ascent finds in the shell around a normal row where the
// network takes them for normal.
#pragma once

#include <functional>

#include "config/options.hpp"
#include "nn/tensor.hpp"

namespace cance::detectors {

/// The shell r <= ||h|| <= gamma r around a row.
struct Shell {
  double radius = 1;
  double gamma = 2;
};

/// h (B, ...), each row scaled to the nearest point of the shell.
[[nodiscard]] at::Tensor project_to_shell(const at::Tensor& h, const Shell& shell);

/// From x + noise, so many steps of fixed length along the gradient of softplus(f), the loss of
/// being called normal, projected every tenth step and at the end: every point lies in the shell of
/// its row. f: logits (B) of rows (B, ...). Under a team f may be collective.
[[nodiscard]] at::Tensor shell_negatives(const std::function<at::Tensor(const at::Tensor&)>& f,
                                         const at::Tensor& x, const at::Tensor& noise,
                                         const Shell& shell, const config::DroccOptions& options);

/// This rank's part of mean softplus(-f_data) + mu mean softplus(f_negative): normal rows have the
/// label 1. f_negative may be undefined.
[[nodiscard]] at::Tensor drocc_loss(const at::Tensor& f_data, const at::Tensor& f_negative,
                                    double mu, std::int64_t rows);

}  // namespace cance::detectors
