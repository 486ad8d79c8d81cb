// What every training stage shares: shuffled batches, the history, the best weights so far,
// checkpoints, stop and progress; alone or with a team.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nn/adamw.hpp"
#include "nn/checkpoints.hpp"
#include "nn/rows.hpp"
#include "nn/step_graph.hpp"
#include "store/history.hpp"

namespace cance::nn {

/// Where a stage stands: the fraction that is done (0 to 1), and the epoch under way of all.
struct StageProgress {
  double fraction = 0;
  std::int64_t epoch = 0, epochs = 0;
};
using ProgressCallback = std::function<void(const StageProgress&)>;

struct StageOptions {
  std::string name;        ///< "autoencoder"; names its checkpoint
  std::int64_t batch = 0;  ///< rows of the global batch; the last one of an epoch may be smaller
  std::int64_t epochs = 0;
  std::int64_t steps = 0;  ///< where not 0: as many epochs as these steps begin
  double warmup_share = 0.05;
  double final_rate = 0.01;
  std::vector<int> drops = {};  ///< percent of the steps after which the rate falls to a tenth
  std::uint64_t seed = 0;
  std::int64_t look_every = 0;  ///< steps between looks at the losses; 0: as the device likes it
  bool start_counts = false;  ///< whether the starting point is epoch 0 (src/method.md, section 10)
};

/// Rows of one step: those of the global batch, and which of them are this rank's.
struct Batch {
  std::span<const std::int64_t> rows;
  Share own;
  std::int64_t step = 0;  ///< number of the step in the stage

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(rows.size()); }
  [[nodiscard]] std::span<const std::int64_t> own_rows() const {
    return rows.subspan(static_cast<std::size_t>(own.first), static_cast<std::size_t>(own.count));
  }
};

struct Stage {
  Rows* rows = nullptr;  ///< that the stage trains on
  /// What a step on the batch reads, this rank's part, in the precision and on the device of the
  /// model; by default the batch's rows alone.
  std::function<std::vector<at::Tensor>(const Batch&)> inputs;
  StepFunction step;
  /// What this rank contributes to the validation loss, a scalar of float64 on the device; the
  /// weights with the lowest one are kept.
  std::function<at::Tensor()> validate;
  /// Whether it reads nothing but tensors that stay where they are, so that it can be captured.
  bool steady_validation = false;
  NamedTensors state;              ///< what is kept and restored
  std::vector<AdamW*> optimisers;  ///< of the step
  ProgressCallback progress;
};

/// Runs the stage and leaves the best weights in `state`. With `checkpoints` it goes on where the
/// last call stopped, with the same bits. Collective over the team. Throws Stopped between steps
/// when any rank was asked to stop, and Error, on all ranks, when a loss is not finite.
[[nodiscard]] store::History train_stage(const StageOptions& options, const Stage& stage,
                                         const Compute& compute, Checkpoints* checkpoints);

}  // namespace cance::nn
