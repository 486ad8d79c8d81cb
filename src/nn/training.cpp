#include "nn/training.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/stop_flag.hpp"
#include "nn/adamw.hpp"

namespace cance::nn {
namespace {

using Clock = std::chrono::steady_clock;

class Runner {
 public:
  Runner(const StageOptions& options, const Stage& stage, const Team& team,
         Checkpoints* checkpoints)
      : options_(options),
        stage_(stage),
        team_(team),
        checkpoints_(checkpoints),
        rows_(stage.rows->size()),
        steps_((rows_ + options.batch - 1) / options.batch) {}

  store::History run() {
    if (resume()) {
      return std::move(now_.history);
    }
    if (options_.start_counts && now_.history.epoch.empty()) {
      record(0, std::nan(""));
    }
    while (now_.epoch <= options_.epochs) {
      run_epoch();
      record(now_.epoch, now_.loss_sum / static_cast<double>(rows_));
      ++now_.epoch;
      now_.step = 0;
      now_.loss_sum = 0;
    }
    restore_state(stage_.state, best_);
    require_same_weights();
    save(/*finished=*/true);
    return std::move(now_.history);
  }

 private:
  /// Takes up a checkpoint that all ranks have; true when the stage is over.
  bool resume() {
    now_.best_loss = std::numeric_limits<double>::infinity();
    auto found = checkpoints_ != nullptr ? checkpoints_->load(options_.name) : std::nullopt;
    const auto step = found ? static_cast<double>((found->epoch - 1) * steps_ + found->step) : -1.0;
    std::array<double, 3> all{step, step * step, found && found->finished ? 1.0 : 0.0};
    team_.sum(all);
    const auto ranks = static_cast<double>(team_.size());
    const bool same =
        all[0] == ranks * step && all[1] == ranks * step * step && (all[2] == 0 || all[2] == ranks);
    if (!found || !same) {
      return false;
    }
    now_ = std::move(*found);
    restore_map(stage_.state, now_.state);
    restore_map(stage_.optimiser, now_.finished ? to_map(stage_.optimiser) : now_.optimiser);
    if (!now_.best.empty()) {
      best_ = copy_state(stage_.state);
      restore_map(best_, now_.best);
    }
    earlier_ = now_.seconds;
    return now_.finished;
  }

  void run_epoch() {
    const auto order = stage_.rows->order(options_.seed, now_.epoch);
    while (now_.step < steps_) {
      const std::int64_t first = now_.step * options_.batch;
      const std::int64_t count = std::min(options_.batch, rows_ - first);
      now_.loss_sum += run_step({std::span(order).subspan(static_cast<std::size_t>(first),
                                                          static_cast<std::size_t>(count)),
                                 team_.share(count), (now_.epoch - 1) * steps_ + now_.step}) *
                       static_cast<double>(count);
      ++now_.step;
      attend();
    }
  }

  /// The loss of the batch. What ranks want of each other travels with it.
  double run_step(const Batch& batch) {
    const double rate =
        schedule(batch.step, steps_ * options_.epochs, options_.warmup_share, options_.final_rate);
    std::array<double, 3> all{stage_.step(batch, rate), stop_requested() ? 1.0 : 0.0,
                              checkpoints_ != nullptr && checkpoints_->due() ? 1.0 : 0.0};
    team_.sum(all);
    require(std::isfinite(all[0]),
            "the loss became {} at step {}; a smaller learning rate may help", all[0], batch.step);
    stop_ = all[1] > 0;
    due_ = all[2] > 0;
    const auto done = static_cast<double>(batch.step + 1);
    stage_.progress(
        {done / static_cast<double>(steps_ * options_.epochs), now_.epoch, options_.epochs});
    return all[0];
  }

  /// Saves and stops between steps, all ranks at the same one.
  void attend() {
    if (stop_ || due_) {
      save(/*finished=*/false);
    }
    if (stop_) {
      set_stop_requested(true);
      throw_if_stop_requested();
    }
  }

  void save(bool finished) {
    if (checkpoints_ == nullptr) {
      return;
    }
    store::Checkpoint c = now_;
    c.finished = finished;
    c.single = stage_.state.front().second.scalar_type() == torch::kFloat32;
    c.seconds = elapsed();
    c.state = to_map(stage_.state);
    c.best = finished ? store::TensorMap() : to_map(best_);
    c.optimiser = finished ? store::TensorMap() : to_map(stage_.optimiser);
    checkpoints_->save(options_.name, std::move(c));
  }

  void record(std::int64_t epoch, double train_loss) {
    double loss = stage_.validate();
    team_.sum(std::span(&loss, 1));
    require(std::isfinite(loss), "the validation loss became {} in epoch {}", loss, epoch);
    if (loss < now_.best_loss) {
      now_.best_loss = loss;
      best_ = copy_state(stage_.state);
    }
    now_.history.epoch.push_back(epoch);
    now_.history.train_loss.push_back(train_loss);
    now_.history.validation_loss.push_back(loss);
    now_.history.seconds.push_back(elapsed());
  }

  void require_same_weights() const {
    std::vector<torch::Tensor> weights;
    for (const auto& [name, tensor] : stage_.state) {
      weights.push_back(tensor);
    }
    team_.require_same(weights, "the weights after stage " + options_.name);
  }

  [[nodiscard]] double elapsed() const {
    return earlier_ + std::chrono::duration<double>(Clock::now() - start_).count();
  }

  const StageOptions& options_;
  const Stage& stage_;
  const Team& team_;
  Checkpoints* checkpoints_;
  std::int64_t rows_, steps_;
  store::Checkpoint now_;  // its tensors are filled in when saved
  NamedTensors best_;
  double earlier_ = 0;  // seconds before this start
  Clock::time_point start_ = Clock::now();
  bool stop_ = false, due_ = false;
};

}  // namespace

store::History train_stage(const StageOptions& options, const Stage& stage, const Team& team,
                           Checkpoints* checkpoints) {
  return Runner(options, stage, team, checkpoints).run();
}

}  // namespace cance::nn
