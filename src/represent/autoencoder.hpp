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
  using Trainee = nn::Trainee<Autoencoder>;
  using Trainees = std::vector<Trainee*>;
  /// A stage of those of `all`, whose networks `network` are: this one's, or theirs stacked.
  using TrainStage = std::vector<nn::Trained> (Autoencoder::*)(const Trainees& all,
                                                               AutoencoderNetwork& network);
  [[nodiscard]] std::vector<nn::Trained> train_both(const Trainees& all,
                                                    AutoencoderNetwork& network);
  [[nodiscard]] std::vector<nn::Trained> train_decoder(const Trainees& all,
                                                       AutoencoderNetwork& network);
  /// That stage of this model, with those of its lockstep.
  [[nodiscard]] store::History train_stage(const std::string& stage, Trainee own,
                                           TrainStage train_all) const;
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
