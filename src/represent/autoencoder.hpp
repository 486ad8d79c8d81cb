// The autoencoder of a cell: trained in two stages, then a map from rows to composite features
// (src/method.md, section 2), by one rank or by a team.
#pragma once

#include "represent/representation.hpp"

namespace cance::represent {

class Autoencoder final : public Representation {
 public:
  /// Untrained, for rows of this shape, in 0..1 where `unit_range`; weights from `seed`.
  Autoencoder(const config::AutoencoderOptions& options, const config::ScheduleOptions& schedule,
              const Shape& shape, bool unit_range, std::uint64_t seed,
              const nn::Compute& compute = {});

  /// Stage 1 on L_mse + lambda L_cov, then stage 2, the decoder alone on L_mse with the encoder
  /// frozen in evaluation mode. Each keeps the weights with the lowest validation loss.
  [[nodiscard]] store::Histories train(nn::Rows& train, nn::Rows& validation,
                                       nn::Checkpoints* checkpoints,
                                       const StageCallback& progress) override;
  /// In evaluation mode, like reconstruct.
  [[nodiscard]] at::Tensor composite(nn::Rows& rows) override;
  [[nodiscard]] at::Tensor reconstruct(const at::Tensor& x) override;
  /// "encoder.*" and "decoder.*".
  [[nodiscard]] nn::NamedTensors state() override;
  void restore(const store::TensorMap& saved) override;
  [[nodiscard]] CodeGraph graph(nn::GraphBuilder& g, const std::string& x) const override;

 private:
  [[nodiscard]] store::History train_both(nn::Rows& train, nn::Rows& validation,
                                          nn::Checkpoints* checkpoints,
                                          const nn::ProgressCallback& progress);
  [[nodiscard]] store::History train_decoder(nn::Rows& train, nn::Rows& validation,
                                             nn::Checkpoints* checkpoints,
                                             const nn::ProgressCallback& progress);
  [[nodiscard]] nn::StageOptions stage_options(const std::string& name, std::int64_t epochs,
                                               std::int64_t steps) const;
  [[nodiscard]] at::Tensor encode(nn::Rows& rows);

  config::AutoencoderOptions options_;
  config::ScheduleOptions schedule_;
  std::uint64_t seed_;
  nn::Compute compute_;
  AutoencoderNetwork network_;
};

}  // namespace cance::represent
