// The autoencoder of a cell: trained in two stages, then a map from rows to composite features
// (method.md section 2).
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/matrix.hpp"
#include "config/options.hpp"
#include "nn/training.hpp"
#include "represent/networks.hpp"

namespace cance::represent {

using Histories = std::vector<std::pair<std::string, nn::StageHistory>>;

class Autoencoder {
 public:
  /// Untrained, weights from `seed`.
  Autoencoder(const config::AutoencoderOptions& options, const config::ScheduleOptions& schedule,
              std::uint64_t seed);

  /// Stage 1 on L_mse + lambda L_cov, then stage 2, the decoder alone on L_mse with the encoder
  /// frozen in evaluation mode. Each keeps the weights with the lowest validation loss. x (N, c, h,
  /// w) float32 in 0..1, at least 2 rows and 1 row.
  [[nodiscard]] Histories train(const torch::Tensor& train_x, const torch::Tensor& validation_x,
                                const std::function<void(double)>& progress);

  /// Composite features of the rows, evaluation mode, shape (N, m + 2).
  [[nodiscard]] Matrix<float> composite(const torch::Tensor& x);
  /// Reconstructions, evaluation mode, the shape of x.
  [[nodiscard]] torch::Tensor reconstruct(const torch::Tensor& x);
  /// All tensors, "encoder.*" and "decoder.*".
  [[nodiscard]] nn::NamedTensors state();

 private:
  [[nodiscard]] nn::StageHistory train_both(const torch::Tensor& train_x,
                                            const torch::Tensor& validation_x,
                                            const std::function<void(double)>& progress);
  [[nodiscard]] nn::StageHistory train_decoder(const torch::Tensor& train_x,
                                               const torch::Tensor& validation_x,
                                               const std::function<void(double)>& progress);
  [[nodiscard]] nn::StageOptions stage_options(std::int64_t rows, std::int64_t epochs) const;
  [[nodiscard]] torch::Tensor encode(const torch::Tensor& x);

  config::AutoencoderOptions options_;
  config::ScheduleOptions schedule_;
  std::uint64_t seed_;
  AutoencoderNetwork network_;
};

}  // namespace cance::represent
