#include "detectors/lsa_estimator.hpp"

#include <algorithm>
#include <cmath>

#include "nn/fast/dense.hpp"

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr double kEstimatorSlope = 0.01;  // of the leaky ReLU
constexpr std::int64_t kParts = 8;  // of a layer: with 8, little more than the half that is not 0

/// 1 where outputs of so many latents may see inputs of the same ones: of earlier latents, or of
/// their own too. Shape (latents out, latents in).
Tensor mask_of(std::int64_t latents, std::int64_t in, std::int64_t out, bool sees_own) {
  const Tensor row = at::arange(latents).repeat_interleave(out).unsqueeze(1);
  const Tensor column = at::arange(latents).repeat_interleave(in);
  return sees_own ? column <= row : column < row;
}

}  // namespace

LatentEstimator::LatentEstimator(std::int64_t latent, const std::vector<int>& widths,
                                 std::int64_t bins, std::uint64_t seed, const nn::Compute& compute)
    : latent_(latent), bins_(bins) {
  std::vector<std::int64_t> channels{1};
  channels.insert(channels.end(), widths.begin(), widths.end());
  channels.push_back(bins);
  const std::int64_t parts = std::min(kParts, latent);
  std::uint64_t stream = 0;
  for (std::size_t i = 0; i + 1 < channels.size(); ++i) {
    const std::int64_t in = channels[i];
    const std::int64_t out = channels[i + 1];
    const double bound = 1 / std::sqrt(static_cast<double>(latent * in));
    Layer& layer = layers_.emplace_back();
    for (std::int64_t part = 0; part < parts; ++part) {
      const std::int64_t first = latent * part / parts;
      const std::int64_t last = latent * (part + 1) / parts;
      layer.push_back(
          {nn::uniform_parameter({(last - first) * out, last * in}, bound, seed, stream, compute),
           nn::uniform_parameter({(last - first) * out}, bound, seed, stream + 1, compute),
           compute.to_device(mask_of(last - first, in, out, /*sees_own=*/i > 0))});
      stream += 2;
    }
  }
}

Tensor LatentEstimator::logits(const Tensor& z) const {
  Tensor h = z;  // (B, d x channels), the channels of a latent side by side
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Tensor x = i == 0 ? h : at::leaky_relu(h, kEstimatorSlope);
    std::vector<Tensor> parts;
    for (const Part& part : layers_[i]) {
      parts.push_back(
          nn::masked_dense(x.slice(1, 0, part.weight.size(1)), part.weight, part.bias, part.mask));
    }
    h = at::cat(parts, 1);
  }
  return h.view({z.size(0), latent_, bins_});
}

Tensor LatentEstimator::Part::seen() const {
  const at::NoGradGuard no_grad;
  Tensor masked = weight.clone();
  masked.slice(1, weight.size(1) - mask.size(1)).mul_(mask);
  return masked;
}

std::string LatentEstimator::graph(nn::GraphBuilder& g, const std::string& z) const {
  const models::GraphType type = g.network_type();
  std::string h = z;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const std::string x = i == 0 ? h : g.add("LeakyRelu", {h}, {{"alpha", kEstimatorSlope}});
    std::vector<std::string> parts;
    for (std::size_t k = 0; k < layers_[i].size(); ++k) {
      const Part& part = layers_[i][k];
      const std::string name = fmt::format("estimator.{}.{}.", i, k);
      parts.push_back(g.add(
          "Gemm",
          {g.sliced(x, 1, 0, part.weight.size(1)), g.constant(name + "weight", part.seen(), type),
           g.constant(name + "bias", part.bias, type)},
          {{"transB", std::int64_t{1}}}));
    }
    h = g.joined(parts);
  }
  return g.reshaped(h, {-1, latent_, bins_});
}

nn::NamedTensors LatentEstimator::state(const std::string& prefix) const {
  nn::NamedTensors all;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    for (std::size_t part = 0; part < layers_[i].size(); ++part) {
      all.emplace_back(fmt::format("{}{}.{}.weight", prefix, i, part), layers_[i][part].weight);
      all.emplace_back(fmt::format("{}{}.{}.bias", prefix, i, part), layers_[i][part].bias);
    }
  }
  return all;
}

Tensor latent_nll(const Tensor& logits, const Tensor& z) {
  const std::int64_t bins = logits.size(2);
  const Tensor bin = (z.detach() * bins).to(at::kLong).clamp(0, bins - 1);
  return -at::log_softmax(logits, 2).gather(2, bin.unsqueeze(2)).squeeze(2).sum(1);
}

std::string latent_nll_graph(nn::GraphBuilder& g, const std::string& logits, const std::string& z,
                             std::int64_t latent, std::int64_t bins) {
  const models::GraphType type = g.network_type();
  const std::string position = g.add("Floor", {g.scaled(z, static_cast<double>(bins), type)});
  const std::string bin =
      g.add("Min", {g.at_least(position, 0, type), g.number(static_cast<double>(bins - 1), type)});
  const std::string index = g.cast(g.reshaped(bin, {-1, latent, 1}), models::GraphType::int64);
  const std::string logs = g.add("LogSoftmax", {logits}, {{"axis", std::int64_t{2}}});
  const std::string chosen = g.add("GatherElements", {logs, index}, {{"axis", std::int64_t{2}}});
  return g.add("Neg", {g.sum(g.reshaped(chosen, {-1, latent}), {1})});
}

}  // namespace cance::detectors
