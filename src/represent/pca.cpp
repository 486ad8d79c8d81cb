#include "represent/pca.hpp"

#include <ATen/ops/addmm.h>

#include "base/error.hpp"
#include "represent/composite.hpp"
#include "represent/row_moments.hpp"

namespace cance::represent {

using at::Tensor;

Pca::Pca(std::int64_t latent, const nn::Compute& compute) : latent_(latent), compute_(compute) {}

store::Histories Pca::train(nn::Rows& train, nn::Rows& /*validation*/,
                            nn::Checkpoints* /*checkpoints*/, const StageCallback& progress) {
  const PrincipalComponents found = principal_components(train, compute_.team);
  const std::int64_t rank = found.variance.size(0);
  require(latent_ <= rank,
          "autoencoder.latent = {}: the {} training rows of {} columns have only {} principal "
          "components; expected {} or fewer",
          latent_, found.rows, found.mean.size(0), rank, rank);
  mean_ = found.mean.to(compute_.device);
  components_ = found.components.slice(0, 0, latent_).to(compute_.device);
  variance_ = found.variance.slice(0, 0, latent_);
  explained_ = found.explained.slice(0, 0, latent_);
  progress("pca", {1, 1, 1});
  return {};
}

Tensor Pca::project(const Tensor& x) const {
  return at::mm(x.flatten(1).to(at::kDouble) - mean_, components_.t());
}

Tensor Pca::back(const Tensor& z) const { return at::addmm(mean_, z, components_); }

Tensor Pca::composite(nn::Rows& rows) {
  return nn::map_rows(rows, compute_.team, [&](const Tensor& block) {
    const Tensor z = project(block);
    return composite_feature(z, block, back(z)).to(at::kCPU, compute_.type);
  });
}

Tensor Pca::reconstruct(const Tensor& x) {
  const at::NoGradGuard no_grad;
  return back(project(x)).view(x.sizes()).to(x.scalar_type());
}

nn::NamedTensors Pca::state() {
  return {{"pca.mean", mean_},
          {"pca.components", components_},
          {"pca.variance", variance_},
          {"pca.explained", explained_}};
}

void Pca::restore(const store::TensorMap& saved) {
  mean_ = nn::to_tensor(saved, "pca.mean").to(compute_.device);
  components_ = nn::to_tensor(saved, "pca.components").to(compute_.device);
  variance_ = nn::to_tensor(saved, "pca.variance");
  explained_ = nn::to_tensor(saved, "pca.explained");
}

CodeGraph Pca::graph(nn::GraphBuilder& g, const std::string& x) const {
  constexpr auto kWide = models::GraphType::float64;
  const std::string mean = g.constant("pca.mean", mean_, kWide);
  const std::string centred = g.add("Sub", {g.cast(g.flat(x), kWide), mean});
  const Tensor turned = components_.t().contiguous();
  const std::string z = g.add("MatMul", {centred, g.constant("pca.components.t", turned, kWide)});
  const std::string back = g.add("MatMul", {z, g.constant("pca.components", components_, kWide)});
  return {z, g.add("Add", {back, mean})};
}

}  // namespace cance::represent
