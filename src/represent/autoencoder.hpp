// The autoencoder of a cell: trained in two stages, then a map from rows to composite features
// (method.md section 2), by one rank or by a team.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "config/options.hpp"
#include "nn/training.hpp"
#include "represent/networks.hpp"

namespace cance::represent {

using Histories = std::vector<std::pair<std::string, store::History>>;

/// What training reports: the stage, and the share of both stages that is done.
using StageCallback = std::function<void(const std::string& stage, const nn::StageProgress&)>;

class Autoencoder {
 public:
  /// Untrained, weights from `seed`.
  Autoencoder(const config::AutoencoderOptions& options, const config::ScheduleOptions& schedule,
              std::uint64_t seed, const nn::Compute& compute = {});

  /// Stage 1 on L_mse + lambda L_cov, then stage 2, the decoder alone on L_mse with the encoder
  /// frozen in evaluation mode. Each keeps the weights with the lowest validation loss, and goes on
  /// from `checkpoints` where there are some. Rows (N, c, h, w) in 0..1, at least 2 and 1.
  /// Collective over the team, like all that follows.
  [[nodiscard]] Histories train(nn::Rows& train, nn::Rows& validation, nn::Checkpoints* checkpoints,
                                const StageCallback& progress);

  /// Composite features of the rows, evaluation mode, shape (N, m + 2), on the host.
  [[nodiscard]] torch::Tensor composite(nn::Rows& rows);
  /// Reconstructions of x (B, c, h, w), evaluation mode; not collective.
  [[nodiscard]] torch::Tensor reconstruct(const torch::Tensor& x);
  /// All tensors, "encoder.*" and "decoder.*".
  [[nodiscard]] nn::NamedTensors state();

 private:
  [[nodiscard]] store::History train_both(nn::Rows& train, nn::Rows& validation,
                                          nn::Checkpoints* checkpoints,
                                          const nn::ProgressCallback& progress);
  [[nodiscard]] store::History train_decoder(nn::Rows& train, nn::Rows& validation,
                                             nn::Checkpoints* checkpoints,
                                             const nn::ProgressCallback& progress);
  [[nodiscard]] nn::StageOptions stage_options(const std::string& name, std::int64_t epochs) const;
  [[nodiscard]] torch::Tensor encode(nn::Rows& rows);

  config::AutoencoderOptions options_;
  config::ScheduleOptions schedule_;
  std::uint64_t seed_;
  nn::Compute compute_;
  AutoencoderNetwork network_;
};

}  // namespace cance::represent
