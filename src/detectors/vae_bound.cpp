#include "detectors/vae_bound.hpp"

#include <cmath>
#include <numbers>

namespace cance::detectors {

using at::Tensor;

namespace {

/// -log of the density of so many independent normal numbers at their mean.
double log_scale(std::int64_t elements, double variance) {
  return static_cast<double>(elements) / 2 * std::log(2 * std::numbers::pi * variance);
}

}  // namespace

Tensor gaussian_nll(const Tensor& x, const Tensor& mean, double deviation) {
  const double variance = deviation * deviation;
  return (x - mean).square().flatten(1).sum(1) / (2 * variance) +
         log_scale(c10::multiply_integers(x.sizes().slice(1)), variance);
}

Tensor kl_from_standard(const Tensor& mean, const Tensor& log_variance) {
  return (mean.square() + log_variance.exp() - log_variance - 1).sum(1) / 2;
}

std::string nll_graph(nn::GraphBuilder& g, const std::string& x, const std::string& mean,
                      std::int64_t elements, double deviation) {
  const double variance = deviation * deviation;
  const std::string squares = g.sum(g.flat(g.square(g.add("Sub", {x, mean}))), {1});
  return g.shifted(g.scaled(squares, 1 / (2 * variance), g.network_type()),
                   log_scale(elements, variance), g.network_type());
}

std::string kl_graph(nn::GraphBuilder& g, const std::string& mean,
                     const std::string& log_variance) {
  const std::string sum = g.add("Add", {g.square(mean), g.add("Exp", {log_variance})});
  const std::string terms = g.shifted(g.add("Sub", {sum, log_variance}), -1, g.network_type());
  return g.scaled(g.sum(terms, {1}), 0.5, g.network_type());
}

Tensor latent_sample(const Tensor& mean, const Tensor& log_variance, const Tensor& noise) {
  return mean + (log_variance / 2).exp() * noise;
}

}  // namespace cance::detectors
