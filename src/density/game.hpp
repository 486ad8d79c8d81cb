// The NCE loss and the game of estimation network and noise (src/method.md, sections 4 and 5).
#pragma once

#include <string>

#include "nn/tensor.hpp"

namespace cance::density {

enum class NoiseMode { fixed, naive, regularised };

/// From the config's word. Error on another word.
[[nodiscard]] NoiseMode noise_mode(const std::string& word);

/// Rows of a batch: of data, and of noise.
struct GameRows {
  std::int64_t data = 0;
  std::int64_t noise = 0;
};

/// This rank's contribution to L(f) = mean softplus(-f_data) + nu mean softplus(f_noise), eq. 6 and
/// 9, with means over the rows of the global batch. f: own rows, `own_data` of data and then those
/// of noise, none of either allowed; of K models (K, rows), then (K).
[[nodiscard]] at::Tensor nce_loss(const at::Tensor& f, std::int64_t own_data, double noise_ratio,
                                  const GameRows& rows);

/// The data rows as the step on w sees them: themselves (fixed, naive), or mu + a sg((phi - mu) /
/// a), which has the same value and a gradient with respect to a (regularised, eq. 10). phi (B, n),
/// mean and a (n).
[[nodiscard]] at::Tensor anchor_data(const at::Tensor& phi, const at::Tensor& mean,
                                     const at::Tensor& a, NoiseMode mode);

}  // namespace cance::density
