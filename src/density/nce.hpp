// A density of composite features by noise-contrastive estimation: trained on normal rows, then a
// score (method.md sections 4-6, 10).
#pragma once

#include <functional>
#include <memory>
#include <optional>
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
  /// Moments of the training rows: mean [n], covariance [n, n]. With `augment` artificial points
  /// join (CANCE).
  NceDensity(const std::vector<double>& mean, const Matrix<double>& covariance, bool augment,
             const config::NceOptions& options, const config::ScheduleOptions& schedule,
             std::uint64_t seed);
  ~NceDensity();

  /// Alternates a step on f and a step on w; keeps the checkpoint that validation prefers. Rows (N,
  /// n) and (V, n).
  [[nodiscard]] nn::StageHistory train(const torch::Tensor& train, const torch::Tensor& validation,
                                       const std::function<void(double)>& progress);

  /// -(f + log q + log nu), in nats, high = anomalous, shape (B), float64. phi (B, n).
  [[nodiscard]] torch::Tensor score(const torch::Tensor& phi) const;
  /// f (B).
  [[nodiscard]] torch::Tensor log_odds(const torch::Tensor& phi) const;
  /// a [n] of the kept checkpoint.
  [[nodiscard]] torch::Tensor scale() const;
  /// "0.weight", ..., "noise.w".
  [[nodiscard]] nn::NamedTensors state();

 private:
  /// Standard normals for the nu noise rows of each of `data_rows`.
  [[nodiscard]] torch::Tensor normals(std::int64_t data_rows, Purpose purpose,
                                      std::uint64_t step) const;
  /// Both moves of the game on these rows; returns the loss of f.
  [[nodiscard]] double step(const torch::Tensor& rows, std::int64_t step, double rate);
  /// The loss that chooses the checkpoint, on fixed noise (method.md section 10).
  [[nodiscard]] std::function<double()> validation_loss(const torch::Tensor& validation) const;

  struct Optimisers;
  config::NceOptions options_;
  config::ScheduleOptions schedule_;
  std::uint64_t seed_;
  NoiseMode mode_;
  Noise noise_;
  EstimationNetwork network_;
  std::optional<Augmentation> augmentation_;
  std::unique_ptr<Optimisers> optimisers_;
};

}  // namespace cance::density
