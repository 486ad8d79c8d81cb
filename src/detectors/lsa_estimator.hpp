// A density of latents by autoregression (Abati et al., CVPR 2019): dense layers, masked so that
// what they say of a latent depends on those before it alone, give its distribution over bins.
#pragma once

#include <vector>

#include "nn/export/graph_builder.hpp"

namespace cance::detectors {

class LatentEstimator {
 public:
  /// Masked layers of `widths` channels a latent, leaky ReLU, then of `bins`. Weights by `seed`.
  LatentEstimator(std::int64_t latent, const std::vector<int>& widths, std::int64_t bins,
                  std::uint64_t seed, const nn::Compute& compute);

  /// z (B, d) -> (B, d, bins); those of latent i depend on z_0, ..., z_{i-1} alone.
  [[nodiscard]] at::Tensor logits(const at::Tensor& z) const;

  /// The same of a graph's value z (n, d), in the networks' precision.
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& z) const;

  /// "LAYER.PART.weight", "LAYER.PART.bias", names behind `prefix`.
  [[nodiscard]] nn::NamedTensors state(const std::string& prefix = "") const;

 private:
  /// Outputs of some consecutive latents, and the inputs that these may see: all of the latents
  /// before them, and behind `mask` their own.
  struct Part {
    at::Tensor weight, bias, mask;
    /// The weight with 0 where an output may not see an input.
    [[nodiscard]] at::Tensor seen() const;
  };
  using Layer = std::vector<Part>;

  std::int64_t latent_, bins_;
  std::vector<Layer> layers_;
};

/// -log p of latents z (B, d) in 0..1 under logits (B, d, bins), nats, (B): of the bins that they
/// lie in, which have no gradient.
[[nodiscard]] at::Tensor latent_nll(const at::Tensor& logits, const at::Tensor& z);

/// The same of a graph's values, in the networks' precision: (n, 1).
[[nodiscard]] std::string latent_nll_graph(nn::GraphBuilder& g, const std::string& logits,
                                           const std::string& z, std::int64_t latent,
                                           std::int64_t bins);

}  // namespace cance::detectors
