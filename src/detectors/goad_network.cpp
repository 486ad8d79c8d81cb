#include "detectors/goad_network.hpp"

#include <cmath>

#include "detectors/shared/network_stage.hpp"
#include "nn/draws.hpp"
#include "nn/fast/dense.hpp"
#include "nn/fast/product.hpp"

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr double kGoadSlope = 0.2;  // of the leaky ReLU
constexpr double kNever = 1e6;      // added to the own centre's distance: the nearest is another

}  // namespace

GoadNetwork::GoadNetwork(const config::GoadOptions& options, std::int64_t columns,
                         std::uint64_t seed, const nn::Compute& compute)
    : transforms_(options.transforms) {
  const Tensor drawn = nn::normals({columns + 1, transforms_ * options.size},
                                   Random(seed, Purpose::random_maps), 0, at::kDouble);
  maps_ = compute.to_device(drawn.slice(0, 0, columns));
  offsets_ = compute.to_device(options.offsets ? drawn[columns] : at::zeros_like(drawn[columns]));
  std::int64_t in = options.size;
  std::uint64_t stream = 0;
  for (int layer = 0; layer < options.layers; ++layer) {
    weights_.push_back(normal_weight(options.width, in, seed, stream++, compute));
    in = options.width;
  }
  head_weight_ = normal_weight(transforms_, in, seed, stream++, compute);
  head_bias_ = nn::uniform_parameter({transforms_}, 1 / std::sqrt(static_cast<double>(in)), seed,
                                     stream, compute);
}

Tensor GoadNetwork::features(const Tensor& x) const {
  Tensor h = nn::product(x, false, maps_, false)
                 .add_(offsets_)
                 .view({x.size(0), transforms_, maps_.size(1) / transforms_});
  for (const Tensor& weight : weights_) {
    h = at::leaky_relu(nn::dense(h, weight, {}), kGoadSlope);
  }
  return h;
}

GoadNetwork::Output GoadNetwork::forward(const Tensor& x) const {
  const Tensor h = features(x);
  return {h, nn::dense(h, head_weight_, head_bias_)};
}

std::string GoadNetwork::graph(nn::GraphBuilder& g, const std::string& x) const {
  const models::GraphType type = g.network_type();
  const std::string maps = g.constant("maps", maps_, type);
  const std::string offsets = g.constant("offsets", offsets_, type);
  std::string h = g.add("Add", {g.add("MatMul", {g.cast(x, type), maps}), offsets});
  h = g.reshaped(h, {-1, transforms_, maps_.size(1) / transforms_});
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const std::string weight = g.constant(fmt::format("{}.weight.t", i), weights_[i].t(), type);
    h = g.add("LeakyRelu", {g.add("MatMul", {h, weight})}, {{"alpha", kGoadSlope}});
  }
  return h;
}

nn::NamedTensors GoadNetwork::state() const {
  nn::NamedTensors all{{"maps", maps_}, {"offsets", offsets_}};
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    all.emplace_back(fmt::format("{}.weight", i), weights_[i]);
  }
  all.emplace_back("head.weight", head_weight_);
  all.emplace_back("head.bias", head_bias_);
  return all;
}

Tensor centre_distances(const Tensor& features, const Tensor& centres) {
  const Tensor products = nn::dense(features, centres, {});
  return (features.square().sum(2, /*keepdim=*/true) + centres.square().sum(1) - 2 * products)
      .clamp_min(0);
}

Tensor goad_loss(const GoadNetwork::Output& output, const Tensor& centres,
                 const config::GoadOptions& options, std::int64_t rows) {
  const Tensor distances = centre_distances(output.features, centres);
  const std::int64_t maps = centres.size(0);
  const Tensor own = distances.diagonal(0, 1, 2);
  const Tensor other = (distances + kNever * at::eye(maps, distances.options())).amin(/*dim=*/2);
  const Tensor triplet = (own + options.margin - other).clamp_min(0);
  const Tensor entropy = -at::log_softmax(output.logits, 2).diagonal(0, 1, 2);
  return (options.triplet_weight * triplet + entropy).sum() / static_cast<double>(rows * maps);
}

}  // namespace cance::detectors
