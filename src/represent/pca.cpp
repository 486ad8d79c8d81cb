#include "represent/pca.hpp"

#include <limits>

#include "base/error.hpp"
#include "nn/convert.hpp"
#include "represent/composite.hpp"
#include "represent/row_moments.hpp"

namespace cance::represent {

using torch::Tensor;

namespace {

/// How many eigenvalues (descending) stand above rounding.
std::int64_t rank_of(const Tensor& values) {
  const double limit = values[0].item<double>() * static_cast<double>(values.size(0)) *
                       std::numeric_limits<double>::epsilon();
  return (values > limit).sum().item<std::int64_t>();
}

}  // namespace

Pca::Pca(std::int64_t latent, const nn::Compute& compute) : latent_(latent), compute_(compute) {}

Histories Pca::train(nn::Rows& train, nn::Rows& /*validation*/, nn::Checkpoints* /*checkpoints*/,
                     const StageCallback& progress) {
  const torch::NoGradGuard no_grad;
  const stats::Moments moments = moments_of(train, compute_.team);
  const Matrix<double> covariance = moments.covariance();
  const auto [ascending, vectors] = torch::linalg_eigh(nn::to_tensor(covariance.view()));
  const Tensor values = ascending.flip(0);
  const std::int64_t rank = rank_of(values);
  require(latent_ <= rank,
          "autoencoder.latent = {}: the {} training rows of {} columns have only {} principal "
          "components; expected {} or fewer",
          latent_, moments.count(), values.size(0), rank, rank);
  Tensor components = vectors.flip(1).slice(1, 0, latent_).t();
  const Tensor largest = components.gather(1, components.abs().argmax(1, /*keepdim=*/true));
  components = components * largest.sign();
  mean_ = nn::to_tensor(std::span<const double>(moments.mean())).to(compute_.device);
  components_ = components.contiguous().to(compute_.device);
  variance_ = values.slice(0, 0, latent_);
  explained_ = variance_.cumsum(0) / values.clamp_min(0).sum();
  progress("pca", {1, 1, 1});
  return {};
}

Tensor Pca::project(const Tensor& x) const {
  return torch::mm(x.flatten(1).to(torch::kFloat64) - mean_, components_.t());
}

Tensor Pca::back(const Tensor& z) const { return torch::addmm(mean_, z, components_); }

Tensor Pca::composite(nn::Rows& rows) {
  return nn::map_rows(rows, compute_.team, [&](const Tensor& block) {
    const Tensor z = project(block);
    return composite_feature(z, block, back(z)).to(torch::kCPU, compute_.type);
  });
}

Tensor Pca::reconstruct(const Tensor& x) {
  const torch::NoGradGuard no_grad;
  return back(project(x)).view(x.sizes()).to(x.scalar_type());
}

nn::NamedTensors Pca::state() {
  return {{"pca.mean", mean_},
          {"pca.components", components_},
          {"pca.variance", variance_},
          {"pca.explained", explained_}};
}

}  // namespace cance::represent
