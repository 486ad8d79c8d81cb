#include "density/noise.hpp"

#include <ATen/ops/full_like.h>
#include <ATen/ops/linalg_solve_triangular.h>
#include <ATen/ops/softplus.h>

#include <cmath>
#include <numbers>

#include "nn/convert.hpp"
#include "stats/cholesky.hpp"

namespace cance::density {

using at::Tensor;

Noise::Noise(const std::vector<double>& mean, const Matrix<double>& covariance, double start,
             const nn::Compute& compute) {
  const Matrix<double> factor = stats::cholesky(covariance);
  const Tensor lower = nn::to_tensor(factor.view());
  mean_double_ = nn::to_tensor(mean).to(compute.device);
  mean_ = compute.to_device(mean_double_);
  deviation_ = compute.to_device(nn::to_tensor(covariance.view()).diagonal().sqrt());
  factor_t_ = compute.to_device(lower.t().contiguous());
  inverse_double_ = at::linalg_solve_triangular(lower, at::eye(lower.size(0), at::kDouble),
                                                /*upper=*/false)
                        .to(compute.device);
  log_determinant_ = lower.diagonal().log().sum().item<double>();
  raw_ = at::full_like(mean_, start).set_requires_grad(true);
}

Tensor Noise::scale() const { return 1 + at::softplus(raw_); }

Tensor Noise::sample(const Tensor& xi, const Tensor& a) const {
  return mean_ + a * at::mm(xi, factor_t_);
}

Tensor Noise::log_prob(const Tensor& phi, const Tensor& a) const {
  const Tensor wide = a.detach().to(at::kDouble);
  const Tensor centred = (phi.detach().to(at::kDouble) - mean_double_) / wide;
  const Tensor whitened = at::mm(centred, inverse_double_.t());
  return -0.5 * whitened.square().sum(1) - log_constant(wide);
}

/// What log q of the mean is short of 0, for scale a in float64.
Tensor Noise::log_constant(const Tensor& a) const {
  const auto n = static_cast<double>(mean_.size(0));
  const Tensor sum = a.log().sum();
  if (sum.is_cpu()) {  // in one expression, which compilers round once
    return at::full(
        {}, log_determinant_ + sum.item<double>() + 0.5 * n * std::log(2 * std::numbers::pi),
        at::kDouble);
  }
  return log_determinant_ + sum + 0.5 * n * std::log(2 * std::numbers::pi);
}

std::string Noise::graph(nn::GraphBuilder& g, const std::string& phi, const Tensor& a) const {
  constexpr auto kWide = models::GraphType::float64;
  const Tensor wide = a.detach().to(at::kDouble);
  const std::string centred =
      g.add("Sub", {g.cast(phi, kWide), g.constant("noise.mean", mean_double_, kWide)});
  const std::string whitened =
      g.add("MatMul", {g.add("Div", {centred, g.constant("noise.scale", wide, kWide)}),
                       g.constant("noise.whitening", inverse_double_.t(), kWide)});
  return g.shifted(g.scaled(g.sum(g.square(whitened), {1}), -0.5, kWide),
                   -log_constant(wide).item<double>(), kWide);
}

}  // namespace cance::density
