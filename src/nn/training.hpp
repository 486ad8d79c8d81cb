// What every training stage shares: shuffled batches, the history, the best weights so far, stop
// and progress.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "nn/sequence.hpp"

namespace cance::nn {

/// One row an epoch; epoch 0 is the starting point where a stage counts it.
struct StageHistory {
  std::vector<std::int64_t> epoch;
  std::vector<double> train_loss, validation_loss, seconds;
};

struct StageOptions {
  std::int64_t rows = 0;   ///< training rows
  std::int64_t batch = 0;  ///< rows a step; the last batch of an epoch may be smaller
  std::int64_t epochs = 0;
  double warmup_share = 0.05;
  double final_rate = 0.01;
  std::uint64_t seed = 0;
  bool start_counts = false;  ///< whether the starting point is epoch 0 (method.md section 10)
};

struct Stage {
  /// One step on these rows at this relative rate; returns the loss of the batch.
  std::function<double(std::span<const std::int64_t> rows, std::int64_t step, double rate)> step;
  /// Loss on the validation rows; the weights with the lowest one are kept.
  std::function<double()> validate;
  /// What is kept and restored.
  NamedTensors state;
  /// Told the share of the stage that is done, 0 to 1.
  std::function<void(double)> progress;
};

/// Runs the stage and leaves the best weights in `state`. Throws Stopped between steps when asked
/// to stop, and Error when a loss is not finite.
[[nodiscard]] StageHistory train_stage(const StageOptions& options, const Stage& stage);

}  // namespace cance::nn
