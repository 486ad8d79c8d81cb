// The parts of a variational autoencoder's evidence lower bound (Kingma and Welling, ICLR 2014):
// log p(x) >= E_q[log p(x | z)] - KL(q(z | x), p(z)), p(z) standard normal, q(z | x) normal with a
// diagonal covariance, in nats.
#pragma once

#include "nn/export/graph_builder.hpp"

namespace cance::detectors {

/// -log N(x; mean, deviation^2 I) of rows (B, ...): (B).
[[nodiscard]] at::Tensor gaussian_nll(const at::Tensor& x, const at::Tensor& mean,
                                      double deviation);

/// KL(N(mean, diag exp(log_variance)), N(0, I)) of rows (B, d): (B).
[[nodiscard]] at::Tensor kl_from_standard(const at::Tensor& mean, const at::Tensor& log_variance);

/// The same two of a graph's values, in the networks' precision: (n, 1).
[[nodiscard]] std::string nll_graph(nn::GraphBuilder& g, const std::string& x,
                                    const std::string& mean, std::int64_t elements,
                                    double deviation);
[[nodiscard]] std::string kl_graph(nn::GraphBuilder& g, const std::string& mean,
                                   const std::string& log_variance);

/// mean + exp(log_variance / 2) noise.
[[nodiscard]] at::Tensor latent_sample(const at::Tensor& mean, const at::Tensor& log_variance,
                                       const at::Tensor& noise);

}  // namespace cance::detectors
