// The noise distribution q(phi) = N(mu, A Sigma A), A = diag(a), a = 1 + softplus(w) >= 1
// (method.md section 4).
#pragma once

#include <vector>

#include "base/matrix.hpp"
#include "nn/graph_builder.hpp"

namespace cance::density {

class Noise {
 public:
  /// mean [n]; covariance [n, n]; w starts at `start` in every dimension and is a leaf that
  /// requires gradients. Error when a column has zero variance (names it).
  Noise(const std::vector<double>& mean, const Matrix<double>& covariance, double start,
        const nn::Compute& compute = {});

  /// a [n] = 1 + softplus(w), differentiable in w.
  [[nodiscard]] torch::Tensor scale() const;
  /// mu + a * (L xi): samples (k, n) from standard normals xi (k, n), differentiable in a.
  [[nodiscard]] torch::Tensor sample(const torch::Tensor& xi, const torch::Tensor& a) const;
  /// log q(phi) for scale a, in nats, float64, shape (B). phi (B, n).
  [[nodiscard]] torch::Tensor log_prob(const torch::Tensor& phi, const torch::Tensor& a) const;
  /// The same of a graph's value (n, columns): (n, 1).
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& phi,
                                  const torch::Tensor& a) const;

  [[nodiscard]] const torch::Tensor& mean() const { return mean_; }
  /// Square roots of the diagonal of Sigma, [n].
  [[nodiscard]] const torch::Tensor& deviation() const { return deviation_; }
  /// w [n].
  [[nodiscard]] torch::Tensor& raw() { return raw_; }
  /// Ones [n]: the scale of A = I.
  [[nodiscard]] torch::Tensor unit_scale() const { return torch::ones_like(mean_); }

 private:
  torch::Tensor mean_, deviation_, raw_;
  torch::Tensor factor_t_;        // L^T, [n, n]
  torch::Tensor inverse_double_;  // L^-1 in float64
  torch::Tensor mean_double_;
  double log_determinant_ = 0;  // log det L
  [[nodiscard]] double log_constant(const torch::Tensor& a) const;
};

}  // namespace cance::density
