// What every training stage shares: shuffled batches, the history, the best weights so far,
// checkpoints, stop and progress; alone or with a team.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
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
  std::int64_t look_every = 0;  ///< steps between looks at the losses; 0: as the device likes it
  std::int64_t ahead = 0;       ///< batches that wait for their step; 0: as the device likes it
  bool start_counts = false;  ///< whether the starting point is epoch 0 (src/method.md, section 10)
};

/// Rows of one step: those of the global batch, and which of them are this rank's.
struct Batch {
  Places rows;
  Share own;
  std::int64_t step = 0;  ///< number of the step in the stage

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(rows.host.size()); }
  [[nodiscard]] Places own_rows() const { return rows.part(own.first, own.count); }
};

/// What a model that is trained has of its own.
struct Learner {
  Rows* rows = nullptr;  ///< that it is trained on
  std::uint64_t seed = 0;
  NamedTensors state;  ///< what is kept and restored
  Checkpoints* checkpoints = nullptr;
  ProgressCallback progress;
};

struct Stage {
  /// One, or several of the same form whose steps are one: with as many rows each, at the same step
  /// by their checkpoints. Their parameters are then stacked, (K, ...), and states are views.
  std::vector<Learner> learners;
  /// What a step on the batches, one a learner, reads, this rank's part, in the precision and on
  /// the device of the model; by default the batch's rows alone. Where all rows are `in_place`, a
  /// thread of its own may call it ahead of the steps.
  std::function<std::vector<at::Tensor>(std::span<const Batch>)> inputs;
  StepFunction step;  ///< its loss is a scalar, or (K)
  /// What this rank contributes to the validation loss, a scalar or (K) of float64 on the device;
  /// the weights with the lowest one are kept.
  std::function<at::Tensor()> validate;
  /// Whether it reads nothing but tensors that stay where they are, so that it can be captured.
  bool steady_validation = false;
  std::vector<AdamW*> optimisers;  ///< of the step
};

/// Runs the stage and leaves the best weights in the states; how it ended for each learner. With
/// checkpoints it goes on where the last call stopped, with the same bits. A learner whose loss is
/// not finite fails alone, on all ranks. Collective over the team. Throws Stopped between steps
/// when any rank was asked to stop.
[[nodiscard]] std::vector<Trained> train_stage(const StageOptions& options, const Stage& stage,
                                               const Compute& compute);

/// A model that comes to a stage, and what it brings.
template <class Model>
struct Trainee {
  Model& model;
  Rows& train;
  Rows& validation;
  Checkpoints* checkpoints;
  ProgressCallback progress;
};

/// Where it stands, which those have in common that one stage can train.
struct Standing {
  std::int64_t rows = 0, validation_rows = 0;
  bool finished = false;
  std::int64_t epoch = 0, step = 0;
  auto operator<=>(const Standing&) const = default;
};
/// By the checkpoint of this stage where there is one.
[[nodiscard]] Standing standing(const std::string& stage, const Rows& train, const Rows& validation,
                                const Checkpoints* checkpoints);

/// The history of `own` from `train`, which is given those models of the lockstep together, or this
/// one alone, that stand where it does. Throws what the model failed of.
template <class Model>
[[nodiscard]] store::History train_together(
    const std::string& stage, Trainee<Model> own, const Compute& compute,
    const std::function<std::vector<Trained>(const std::vector<Trainee<Model>*>&)>& train) {
  if (compute.seat == nullptr) {
    return train({&own}).front().taken();
  }
  const auto train_all = [&](const std::vector<void*>& all) {
    std::map<Standing, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& one = *static_cast<Trainee<Model>*>(all[i]);
      groups[standing(stage, one.train, one.validation, one.checkpoints)].push_back(i);
    }
    std::vector<Trained> results(all.size());
    for (const auto& [where, group] : groups) {
      std::vector<Trainee<Model>*> members;
      for (const std::size_t i : group) {
        members.push_back(static_cast<Trainee<Model>*>(all[i]));
      }
      auto trained = train(members);
      for (std::size_t i = 0; i < group.size(); ++i) {
        results[group[i]] = std::move(trained[i]);
      }
    }
    return results;
  };
  return compute.seat->meet(&own, train_all).taken();
}

}  // namespace cance::nn
