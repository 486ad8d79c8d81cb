// The networks of DAGMM (Zong et al., ICLR 2018): an autoencoder, and one that shares rows out to
// the Gaussians of a mixture; both learn together.
#pragma once

#include <string>

#include "detectors/dagmm_mixture.hpp"
#include "detectors/shared/network_stage.hpp"

namespace cance::detectors {

class DagmmNetwork {
 public:
  /// For rows of `columns` numbers; weights from `seed`.
  DagmmNetwork(const config::DagmmOptions& options, std::int64_t columns, std::uint64_t seed,
               const nn::Compute& compute);

  struct Reconstruction {
    at::Tensor latents, output;  ///< (B, latent), (B, columns)
  };
  /// Of rows (B, ...).
  [[nodiscard]] Reconstruction reconstruct(const at::Tensor& x) const;
  /// Latents, relative Euclidean error and cosine similarity, (B, latent + 2). The error of a row
  /// whose root mean square is under .01 is relative to that.
  [[nodiscard]] at::Tensor features(const at::Tensor& x) const;
  /// The same two of a graph's rows (n, ...), in the networks' precision; `rows` are (n, columns).
  struct ReconstructionGraph {
    std::string rows, latents, output;
  };
  [[nodiscard]] ReconstructionGraph reconstruction_graph(nn::GraphBuilder& g,
                                                         const std::string& x) const;
  [[nodiscard]] std::string features_graph(nn::GraphBuilder& g, const std::string& x) const;
  /// Shares of the rows in each Gaussian (B, K) without dropout. features (B, latent + 2).
  [[nodiscard]] at::Tensor members(const at::Tensor& features) const;
  [[nodiscard]] std::int64_t width() const { return options_.latent + 2; }

  /// This rank's part of mean ||x - x'||^2 + lambda_1 mean E(z) + lambda_2 P(Sigma) over a batch of
  /// `rows` rows; the first alone where there are no more rows than features. `kept` as `dropout`
  /// gives it; undefined: nothing is dropped.
  [[nodiscard]] at::Tensor loss(const at::Tensor& x, const at::Tensor& dropout,
                                std::int64_t rows) const;
  /// 0 or 1 / (1 - dropout) for every row of the batch and every hidden number.
  [[nodiscard]] at::Tensor dropout(const nn::Batch& batch, std::uint64_t seed) const;

  /// Trains both networks on data.train; `stage` names the checkpoint; `fraction` is its part of
  /// the method's time. Collective.
  void learn(const TrainingData& data, const std::string& stage, double fraction = 1);
  /// "encoder.0.weight", ..., "memberships.0.bias".
  [[nodiscard]] nn::NamedTensors state() const;

 private:
  [[nodiscard]] at::Tensor features_of(const at::Tensor& rows, const Reconstruction& r) const;
  /// `kept` (B, w), where defined, is what dropout leaves of the hidden layer.
  [[nodiscard]] at::Tensor members(const at::Tensor& features, const at::Tensor& dropout) const;

  config::DagmmOptions options_;
  std::int64_t columns_;
  nn::Compute compute_;
  /// Of layers that compute the same while they learn and when they score.
  nn::Sequence encoder_, decoder_, estimation_in_, estimation_out_;
};

/// Seconds of learning (CellSize).
[[nodiscard]] double dagmm_seconds(const config::DagmmOptions& options, const CellSize& cell);

}  // namespace cance::detectors
