// The noise distribution q(phi) = N(mu, A Sigma A), A = diag(a), a = 1 + softplus(w) >= 1, or
// Student's t with that location and scale matrix (src/method.md, section 4).
#pragma once

#include <vector>

#include "base/matrix.hpp"
#include "nn/export/graph_builder.hpp"

namespace cance::density {

class Noise {
 public:
  /// mean [n]; covariance [n, n]; w starts at `start` in every dimension and is a leaf that
  /// requires gradients; Student's t of so many degrees of `freedom`, 0: normal. Error when a
  /// column has zero variance (names it).
  Noise(const std::vector<double>& mean, const Matrix<double>& covariance, double start,
        const nn::Compute& compute = {}, int freedom = 0);
  /// Those of K models as one: what follows then has K in front, mean, deviation and a (K, 1, n).
  /// `raw` (K, n): theirs, stacked.
  Noise(const std::vector<const Noise*>& models, const at::Tensor& raw);

  /// a [n] = 1 + softplus(w), differentiable in w.
  [[nodiscard]] at::Tensor scale() const;
  /// Standard normals that a sample takes: n, and of Student's t one more a degree of freedom.
  [[nodiscard]] std::int64_t normals() const { return mean_.size(-1) + freedom_; }
  /// mu + a * (L xi), of Student's t over sqrt(chi^2 / freedom): samples (k, n) from standard
  /// normals xi (k, normals()), differentiable in a.
  [[nodiscard]] at::Tensor sample(const at::Tensor& xi, const at::Tensor& a) const;
  /// log q(phi) for scale a, in nats, float64, shape (B). phi (B, n).
  [[nodiscard]] at::Tensor log_prob(const at::Tensor& phi, const at::Tensor& a) const;
  /// The same of a graph's value (n, columns): (n, 1).
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& phi,
                                  const at::Tensor& a) const;

  [[nodiscard]] const at::Tensor& mean() const { return mean_; }
  /// Square roots of the diagonal of Sigma, [n].
  [[nodiscard]] const at::Tensor& deviation() const { return deviation_; }
  /// w [n].
  [[nodiscard]] at::Tensor& raw() { return raw_; }
  /// Ones [n]: the scale of A = I.
  [[nodiscard]] at::Tensor unit_scale() const { return at::ones_like(mean_); }

 private:
  at::Tensor mean_, deviation_, raw_;
  at::Tensor factor_t_;        // L^T, [n, n]
  at::Tensor inverse_double_;  // L^-1 in float64
  at::Tensor mean_double_;
  at::Tensor log_determinant_;  // log det L, a scalar of float64 on the host, or (K, 1)
  int freedom_ = 0;
  double log_tails_ = 0;  // the constant of Student's t less that of the normal
  [[nodiscard]] at::Tensor log_constant(const at::Tensor& a) const;
  /// (k + n) / 2 of Student's t with k degrees of freedom.
  [[nodiscard]] double tail_exponent() const { return 0.5 * static_cast<double>(normals()); }
};

}  // namespace cance::density
