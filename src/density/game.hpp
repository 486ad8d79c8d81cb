// The NCE loss and the game between the estimation network and the noise (method.md sections 4 and
// 5).
#pragma once

#include <string>

#include "nn/torch_headers.hpp"

namespace cance::density {

enum class NoiseMode { fixed, naive, regularised };

/// From the config's word. Error on another word.
[[nodiscard]] NoiseMode noise_mode(const std::string& word);

/// L(f) = mean softplus(-f_data) + nu mean softplus(f_noise), eq. 6 and 9. f_data (B), f_noise (K).
[[nodiscard]] torch::Tensor nce_loss(const torch::Tensor& f_data, const torch::Tensor& f_noise,
                                     double noise_ratio);

/// The data rows as the step on w sees them: themselves (fixed, naive), or mu + a sg((phi - mu) /
/// a), which has the same value and a gradient with respect to a (regularised, eq. 10). phi (B, n),
/// mean and a (n).
[[nodiscard]] torch::Tensor anchor_data(const torch::Tensor& phi, const torch::Tensor& mean,
                                        const torch::Tensor& a, NoiseMode mode);

}  // namespace cance::density
