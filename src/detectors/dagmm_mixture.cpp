#include "detectors/dagmm_mixture.hpp"

#include <ATen/ops/einsum.h>
#include <ATen/ops/linalg_cholesky_ex.h>
#include <ATen/ops/linalg_solve_triangular.h>

#include <cmath>
#include <numbers>

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr double kJitter = 1e-6;        // of a covariance, as variance
constexpr double kLeastWeight = 1e-12;  // of a component, in rows

}  // namespace

Mixture mixture_of(const Tensor& features, const Tensor& memberships, std::int64_t rows,
                   const nn::Team& team) {
  const std::int64_t n = features.size(1);
  const std::int64_t components = memberships.size(1);
  const Tensor first =
      team.sum(at::cat({memberships.sum(0).unsqueeze(1), at::mm(memberships.t(), features)}, 1));
  const Tensor counts = first.select(1, 0).clamp_min(kLeastWeight);
  const Tensor means = first.slice(1, 1) / counts.unsqueeze(1);
  const Tensor centred = features.unsqueeze(1) - means;  // (B, K, n)
  const Tensor scatter = team.sum(at::einsum("bk,bki,bkj->kij", {memberships, centred, centred}));
  return {counts / static_cast<double>(rows), means,
          scatter / counts.view({components, 1, 1}) + kJitter * at::eye(n, features.options())};
}

Tensor mixture_energy(const Tensor& features, const Mixture& mixture) {
  const auto n = static_cast<double>(features.size(1));
  const Tensor factor = std::get<0>(at::linalg_cholesky_ex(mixture.covariances));
  const Tensor centred = (features.unsqueeze(1) - mixture.means).permute({1, 2, 0});  // (K, n, B)
  const Tensor white = at::linalg_solve_triangular(factor, centred, /*upper=*/false);
  const Tensor log_densities = -0.5 * white.square().sum(1) -
                               factor.diagonal(0, 1, 2).log().sum(1, /*keepdim=*/true) -
                               0.5 * n * std::log(2 * std::numbers::pi);  // (K, B)
  return -(log_densities + mixture.weights.clamp_min(kLeastWeight).log().unsqueeze(1)).logsumexp(0);
}

std::string energy_graph(nn::GraphBuilder& g, const std::string& features, const Mixture& mixture) {
  constexpr auto kWide = models::GraphType::float64;
  const std::int64_t n = mixture.means.size(1);
  std::vector<std::string> terms;
  for (std::int64_t k = 0; k < mixture.means.size(0); ++k) {
    const auto named = [k](const char* name) { return fmt::format("mixture.{}.{}", k, name); };
    const Tensor factor = std::get<0>(at::linalg_cholesky_ex(mixture.covariances[k]));
    const Tensor whitening = at::linalg_solve_triangular(factor, at::eye(n, factor.options()),
                                                         /*upper=*/false);
    const double constant = mixture.weights[k].clamp_min(kLeastWeight).log().item<double>() -
                            factor.diagonal().log().sum().item<double>() -
                            0.5 * static_cast<double>(n) * std::log(2 * std::numbers::pi);
    const std::string centred =
        g.add("Sub", {features, g.constant(named("mean"), mixture.means[k], kWide)});
    const std::string white =
        g.add("MatMul", {centred, g.constant(named("whitening"), whitening.t(), kWide)});
    terms.push_back(g.shifted(g.scaled(g.sum(g.square(white), {1}), -0.5, kWide), constant, kWide));
  }
  return g.add("Neg", {g.log_sum_exp(g.joined(terms), 1)});
}

Tensor inverse_variances(const Mixture& mixture) {
  return mixture.covariances.diagonal(0, 1, 2).reciprocal().sum();
}

}  // namespace cance::detectors
