// Principal components in place of an autoencoder (src/method.md, sections 1 and 10): z = V^T (x -
// mean), x^ = mean + V z, nothing is trained.
#pragma once

#include "represent/representation.hpp"

namespace cance::represent {

class Pca final : public Representation {
 public:
  /// m = `latent` components.
  explicit Pca(std::int64_t latent, const nn::Compute& compute = {});

  /// Moments of the training rows, streamed and merged over the ranks, and their eigenvectors, in
  /// float64. The sign of a component is such that its largest entry is positive. No history. Error
  /// when m is more than the rank.
  [[nodiscard]] store::Histories train(nn::Rows& train, nn::Rows& validation,
                                       nn::Checkpoints* checkpoints,
                                       const StageCallback& progress) override;
  [[nodiscard]] at::Tensor composite(nn::Rows& rows) override;
  [[nodiscard]] at::Tensor reconstruct(const at::Tensor& x) override;
  /// "pca.mean" (d), "pca.components" (m, d), "pca.variance" (m), "pca.explained" (m): the share of
  /// all variance that the first 1, ..., m components explain.
  [[nodiscard]] nn::NamedTensors state() override;
  void restore(const store::TensorMap& saved) override;
  [[nodiscard]] CodeGraph graph(nn::GraphBuilder& g, const std::string& x) const override;

 private:
  [[nodiscard]] at::Tensor project(const at::Tensor& x) const;  // (B, m), float64
  [[nodiscard]] at::Tensor back(const at::Tensor& z) const;     // (B, d), float64

  std::int64_t latent_;
  nn::Compute compute_;
  at::Tensor mean_, components_, variance_, explained_;  // float64
};

}  // namespace cance::represent
