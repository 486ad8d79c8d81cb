// GOAD's network: every row is seen through many fixed random affine maps; a network learns to put
// the views of one map together and apart from those of the others.
#pragma once

#include "config/options.hpp"
#include "nn/export/graph_builder.hpp"

namespace cance::detectors {

class GoadNetwork {
 public:
  /// For rows of so many columns; maps and weights from `seed`.
  GoadNetwork(const config::GoadOptions& options, std::int64_t columns, std::uint64_t seed,
              const nn::Compute& compute);

  struct Output {
    at::Tensor features;  ///< (B, R, w), of every row under each of the R maps
    at::Tensor logits;    ///< (B, R, R): which map was it
  };
  /// x (B, d).
  [[nodiscard]] Output forward(const at::Tensor& x) const;
  /// Output::features alone.
  [[nodiscard]] at::Tensor features(const at::Tensor& x) const;

  /// The same of a graph's value (n, d), in the networks' precision.
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& x) const;

  /// "maps", "offsets", "0.weight", ..., "head.weight", "head.bias".
  [[nodiscard]] nn::NamedTensors state() const;

 private:
  std::int64_t transforms_;
  at::Tensor maps_, offsets_;        // (d, R r) and (R r)
  std::vector<at::Tensor> weights_;  // of the layers
  at::Tensor head_weight_, head_bias_;
};

/// Squared distances of features (B, R, w) from centres (R, w): (B, R, R), a row of the last two
/// the view, a column the centre.
[[nodiscard]] at::Tensor centre_distances(const at::Tensor& features, const at::Tensor& centres);

/// This rank's part of the mean over rows and maps of max(0, d_own + margin - d_nearest other) +
/// the cross entropy's, weighted: triplet_weight x triplet + cross entropy. Centres (R, w) are
/// those of the global batch of `rows` rows.
[[nodiscard]] at::Tensor goad_loss(const GoadNetwork::Output& output, const at::Tensor& centres,
                                   const config::GoadOptions& options, std::int64_t rows);

}  // namespace cance::detectors
