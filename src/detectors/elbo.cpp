#include "detectors/elbo.hpp"

#include <cmath>
#include <numbers>

namespace cance::detectors {

using torch::Tensor;

Tensor gaussian_nll(const Tensor& x, const Tensor& mean, double deviation) {
  const double variance = deviation * deviation;
  const auto numbers = static_cast<double>(c10::multiply_integers(x.sizes().slice(1)));
  return (x - mean).square().flatten(1).sum(1) / (2 * variance) +
         numbers / 2 * std::log(2 * std::numbers::pi * variance);
}

Tensor kl_from_standard(const Tensor& mean, const Tensor& log_variance) {
  return (mean.square() + log_variance.exp() - log_variance - 1).sum(1) / 2;
}

Tensor latent_sample(const Tensor& mean, const Tensor& log_variance, const Tensor& noise) {
  return mean + (log_variance / 2).exp() * noise;
}

}  // namespace cance::detectors
