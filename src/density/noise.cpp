#include "density/noise.hpp"

#include <ATen/ops/full_like.h>
#include <ATen/ops/linalg_solve_triangular.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softplus.h>

#include <cmath>
#include <numbers>

#include "nn/convert.hpp"
#include "stats/cholesky.hpp"

namespace cance::density {

using at::Tensor;

Noise::Noise(const std::vector<double>& mean, const Matrix<double>& covariance, double start,
             const nn::Compute& compute, int freedom)
    : freedom_(freedom) {
  const Matrix<double> factor = stats::cholesky(covariance);
  const Tensor lower = nn::to_tensor(factor.view());
  mean_double_ = nn::to_tensor(mean).to(compute.device);
  mean_ = compute.to_device(mean_double_);
  deviation_ = compute.to_device(nn::to_tensor(covariance.view()).diagonal().sqrt());
  factor_t_ = compute.to_device(lower.t().contiguous());
  inverse_double_ = at::linalg_solve_triangular(lower, at::eye(lower.size(0), at::kDouble),
                                                /*upper=*/false)
                        .to(compute.device);
  log_determinant_ = lower.diagonal().log().sum();
  raw_ = at::full_like(mean_, start).set_requires_grad(true);
  if (freedom_ > 0) {
    const double half = 0.5 * freedom_;
    const double half_n = 0.5 * static_cast<double>(mean.size());
    log_tails_ = half_n * std::log(half) + std::lgamma(half) - std::lgamma(half + half_n);
  }
}

Noise::Noise(const std::vector<const Noise*>& models, const Tensor& raw)
    : raw_(raw), freedom_(models.front()->freedom_), log_tails_(models.front()->log_tails_) {
  const auto stacked = [&models](const auto& member) {
    std::vector<Tensor> all;
    for (const Noise* const model : models) {
      all.push_back(member(*model));
    }
    return at::stack(all);
  };
  mean_ = stacked([](const Noise& one) { return one.mean_.unsqueeze(0); });
  deviation_ = stacked([](const Noise& one) { return one.deviation_.unsqueeze(0); });
  factor_t_ = stacked([](const Noise& one) { return one.factor_t_; });
  inverse_double_ = stacked([](const Noise& one) { return one.inverse_double_; });
  mean_double_ = stacked([](const Noise& one) { return one.mean_double_.unsqueeze(0); });
  log_determinant_ =
      stacked([](const Noise& one) { return one.log_determinant_.view({1}); }).to(mean_.device());
}

Tensor Noise::scale() const {
  const Tensor a = 1 + at::softplus(raw_);
  return raw_.dim() == 1 ? a : a.unsqueeze(1);
}

Tensor Noise::sample(const Tensor& xi, const Tensor& a) const {
  if (freedom_ == 0) {
    return mean_ + a * at::matmul(xi, factor_t_);
  }
  constexpr double kLeast = 1e-12;  // float32 draws may all be 0
  const std::int64_t n = mean_.size(-1);
  const Tensor spread =
      (xi.slice(-1, n).square().sum(-1, /*keepdim=*/true) / freedom_).clamp_min(kLeast);
  return mean_ + a * (at::matmul(xi.slice(-1, 0, n), factor_t_) / spread.sqrt());
}

Tensor Noise::log_prob(const Tensor& phi, const Tensor& a) const {
  const Tensor wide = a.detach().to(at::kDouble);
  const Tensor centred = (phi.detach().to(at::kDouble) - mean_double_) / wide;
  const Tensor whitened = at::matmul(centred, inverse_double_.mT());
  const Tensor squares = whitened.square().sum(-1);
  if (freedom_ == 0) {
    return -0.5 * squares - log_constant(wide);
  }
  return -tail_exponent() * (1 + squares / freedom_).log() - log_constant(wide) - log_tails_;
}

/// What log q of the mean is short of 0, for scale a in float64.
Tensor Noise::log_constant(const Tensor& a) const {
  const auto n = static_cast<double>(mean_.size(-1));
  const double rest = 0.5 * n * std::log(2 * std::numbers::pi);
  const Tensor sum = a.log().sum(-1);
  if (sum.is_cpu() && sum.dim() == 0) {  // in one expression, which compilers round once
    return at::full({}, log_determinant_.item<double>() + sum.item<double>() + rest, at::kDouble);
  }
  return log_determinant_ + sum + rest;
}

std::string Noise::graph(nn::GraphBuilder& g, const std::string& phi, const Tensor& a) const {
  constexpr auto kWide = models::GraphType::float64;
  const Tensor wide = a.detach().to(at::kDouble);
  const std::string centred =
      g.add("Sub", {g.cast(phi, kWide), g.constant("noise.mean", mean_double_, kWide)});
  const std::string whitened =
      g.add("MatMul", {g.add("Div", {centred, g.constant("noise.scale", wide, kWide)}),
                       g.constant("noise.whitening", inverse_double_.t(), kWide)});
  const std::string squares = g.sum(g.square(whitened), {1});
  const double constant = -log_constant(wide).item<double>() - log_tails_;
  if (freedom_ == 0) {
    return g.shifted(g.scaled(squares, -0.5, kWide), constant, kWide);
  }
  const std::string spread = g.shifted(g.scaled(squares, 1.0 / freedom_, kWide), 1, kWide);
  return g.shifted(g.scaled(g.add("Log", {spread}), -tail_exponent(), kWide), constant, kWide);
}

}  // namespace cance::density
