#include "represent/principal_components.hpp"

#include <ATen/ops/linalg_eigh.h>

#include <limits>

#include "nn/convert.hpp"
#include "represent/row_moments.hpp"

namespace cance::represent {

using at::Tensor;

namespace {

/// How many eigenvalues (descending) stand above rounding.
std::int64_t rank_of(const Tensor& values) {
  const double limit = values[0].item<double>() * static_cast<double>(values.size(0)) *
                       std::numeric_limits<double>::epsilon();
  return (values > limit).sum().item<std::int64_t>();
}

}  // namespace

PrincipalComponents principal_components(nn::Rows& rows, const nn::Team& team) {
  const at::NoGradGuard no_grad;
  const stats::Moments moments = moments_of(rows, team);
  const Matrix<double> covariance = moments.covariance();
  const auto [ascending, vectors] = at::linalg_eigh(nn::to_tensor(covariance.view()));
  const Tensor values = ascending.flip(0);
  const std::int64_t rank = rank_of(values);
  Tensor components = vectors.flip(1).slice(1, 0, rank).t();
  const Tensor largest = components.gather(1, components.abs().argmax(1, /*keepdim=*/true));
  components = (components * largest.sign()).contiguous();
  const Tensor variance = values.slice(0, 0, rank);
  return {moments.count(), nn::to_tensor(std::span<const double>(moments.mean())), components,
          variance, variance.cumsum(0) / values.clamp_min(0).sum()};
}

}  // namespace cance::represent
