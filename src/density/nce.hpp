// A density of composite features by noise-contrastive estimation: trained on normal rows, then a
// score (src/method.md, sections 4 to 6 and 10).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "density/augmentation.hpp"
#include "density/game.hpp"
#include "density/network.hpp"
#include "density/noise.hpp"
#include "nn/training.hpp"

namespace cance::density {

class NceDensity {
 public:
  /// Moments of the training rows: mean [n], covariance [n, n]. With an `augmentation` artificial
  /// points join (CANCE).
  NceDensity(const std::vector<double>& mean, const Matrix<double>& covariance,
             std::optional<Augmentation> augmentation, const config::NceOptions& options,
             const config::ScheduleOptions& schedule, std::uint64_t seed,
             const nn::Compute& compute = {});
  ~NceDensity();

  /// Alternates a step on f and a step on w; keeps the checkpoint that validation prefers. Rows (N,
  /// n) and (V, n). Goes on from the checkpoint of this `stage` where there is one. Collective over
  /// the team.
  [[nodiscard]] store::History train(nn::Rows& train, nn::Rows& validation,
                                     const std::string& stage, nn::Checkpoints* checkpoints,
                                     const nn::ProgressCallback& progress);

  /// -(f + log q + log nu), in nats, high = anomalous, shape (B), float64. phi (B, n).
  [[nodiscard]] at::Tensor score(const at::Tensor& phi) const;
  /// The same of a graph's value (n, columns): (n, 1).
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& phi) const;
  /// f (B).
  [[nodiscard]] at::Tensor log_odds(const at::Tensor& phi) const;
  /// a [n] of the kept checkpoint.
  [[nodiscard]] at::Tensor scale() const;
  /// "0.weight", ..., "noise.w".
  [[nodiscard]] nn::NamedTensors state();

 private:
  struct Moves;
  /// Rows of validation, artificial ones in their place, normals for the noise.
  struct Validation {
    at::Tensor real, artificial, xi;
    std::int64_t own_data = 0;
    GameRows rows;
  };
  using Trainees = std::vector<nn::Trainee<NceDensity>*>;
  /// Those of K models as one, with their stacked state, while it is trained.
  NceDensity(const Trainees& models, const nn::NamedTensors& stacked);
  /// Trains those of `all`: this one alone, or those that it stacks.
  [[nodiscard]] std::vector<nn::Trained> train_all(const Trainees& all, const std::string& stage);
  /// What a step reads: rows of data, artificial points among them, and normals for both moves.
  [[nodiscard]] std::vector<at::Tensor> inputs(nn::Rows& rows, const nn::Batch& batch) const;
  /// Rows of noise for so many rows of data.
  [[nodiscard]] GameRows game_rows(std::int64_t data_rows) const;
  /// Standard normals for this rank's share of the noise rows.
  [[nodiscard]] at::Tensor normals(const GameRows& rows, Purpose purpose, std::uint64_t step) const;
  /// Both moves of the game on these inputs, of a global batch of `rows` rows; gives this rank's
  /// part of the loss of f.
  [[nodiscard]] at::Tensor step(const std::vector<at::Tensor>& inputs, std::int64_t rows,
                                Moves& moves) const;
  [[nodiscard]] Validation validation_of(nn::Rows& rows) const;
  /// The loss that chooses the checkpoint, on fixed noise (src/method.md, section 10), this rank's
  /// part.
  [[nodiscard]] at::Tensor validation_loss(const Validation& validation) const;

  config::NceOptions options_;
  config::ScheduleOptions schedule_;
  std::uint64_t seed_;
  nn::Compute compute_;
  NoiseMode mode_;
  Noise noise_;
  EstimationNetwork network_;
  std::optional<Augmentation> augmentation_;
};

}  // namespace cance::density
