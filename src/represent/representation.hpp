// What turns rows into composite features: a trained autoencoder, or principal components.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/options.hpp"
#include "nn/export/graph_builder.hpp"
#include "nn/training.hpp"
#include "represent/networks.hpp"

namespace cance::represent {

/// What training reports: the stage, and the fraction of all stages that is done.
using StageCallback = std::function<void(const std::string& stage, const nn::StageProgress&)>;

/// Of rows in a score graph: their latents (n, m) and reconstructions (n, row...).
struct CodeGraph {
  std::string latents, reconstruction;
};

class Representation {
 public:
  virtual ~Representation() = default;

  /// Learns from normal rows (N, row...), at least 2 and 1 to validate. Goes on from `checkpoints`
  /// where there are some. Collective over the team, like all that follows but reconstruct.
  [[nodiscard]] virtual store::Histories train(nn::Rows& train, nn::Rows& validation,
                                               nn::Checkpoints* checkpoints,
                                               const StageCallback& progress) = 0;
  /// Composite features of the rows, shape (N, m + 2), on the host.
  [[nodiscard]] virtual at::Tensor composite(nn::Rows& rows) = 0;
  /// Reconstructions of x (B, row...); not collective.
  [[nodiscard]] virtual at::Tensor reconstruct(const at::Tensor& x) = 0;
  /// All that it learned, by name, in the precision in which it is used.
  [[nodiscard]] virtual nn::NamedTensors state() = 0;
  /// In place of `train`: from here on it gives the bits that the one of this state gave. Error: a
  /// tensor is missing or has another size.
  virtual void restore(const store::TensorMap& saved) = 0;
  /// After restore: what it makes of a graph's normalised rows (n, row...).
  [[nodiscard]] virtual CodeGraph graph(nn::GraphBuilder& g, const std::string& x) const = 0;
};

/// "auto" resolved: standardise for rows of numbers, none for images. Error: a normalisation that
/// rows of this shape do not have.
[[nodiscard]] std::string normalisation_for(const config::InputOptions& input, const Shape& shape);

/// Error, with the key to change, when these settings, as far as the cell's methods read them,
/// cannot work on rows of this shape.
void require_usable(const config::Config& config, const Shape& shape);

/// Untrained, by autoencoder.network, for rows that are normalised as config.input says.
[[nodiscard]] std::unique_ptr<Representation> make_representation(const config::Config& config,
                                                                  const Shape& shape,
                                                                  std::uint64_t seed,
                                                                  const nn::Compute& compute);

}  // namespace cance::represent
