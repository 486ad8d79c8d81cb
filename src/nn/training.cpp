#include "nn/training.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/stop_flag.hpp"
#include "nn/convert.hpp"

namespace cance::nn {
namespace {

using Clock = std::chrono::steady_clock;

/// Steps between two looks at the losses. Looking waits for the device, and on the CPU for nothing.
std::int64_t steps_between_looks(const Compute& compute) {
  return compute.device.is_cpu() ? 1 : 32;
}

class Runner {
 public:
  Runner(const StageOptions& options, const Stage& stage, const Compute& compute,
         Checkpoints* checkpoints)
      : options_(options),
        stage_(stage),
        team_(compute.team),
        checkpoints_(checkpoints),
        rows_(stage.rows->size()),
        steps_((rows_ + options.batch - 1) / options.batch),
        epochs_(options.steps > 0 ? (options.steps + steps_ - 1) / steps_ : options.epochs),
        look_every_(steps_between_looks(compute)),
        step_(options.name, stage.step, compute) {
    for (std::size_t i = 0; i < stage.optimisers.size(); ++i) {
      for (auto& named : stage.optimisers[i]->state(fmt::format("{}.", i))) {
        optimiser_.push_back(std::move(named));
      }
    }
  }

  store::History run() {
    if (resume()) {
      return std::move(now_.history);
    }
    if (options_.start_counts && now_.history.epoch.empty()) {
      record(0, std::nan(""));
    }
    while (now_.epoch <= epochs_) {
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
    const bool same = team_.same(step) && team_.same(found && found->finished ? 1 : 0);
    if (!found || !same) {
      return false;
    }
    now_ = std::move(*found);
    restore_map(stage_.state, now_.state);
    if (!now_.finished) {
      restore_map(optimiser_, now_.optimiser);
    }
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
      run_step({std::span(order).subspan(static_cast<std::size_t>(first),
                                         static_cast<std::size_t>(count)),
                team_.share(count), (now_.epoch - 1) * steps_ + now_.step});
      ++now_.step;
      if (now_.step == steps_ || now_.step % look_every_ == 0) {
        look_at_losses();
        attend();
      }
    }
  }

  [[nodiscard]] std::vector<at::Tensor> inputs(const Batch& batch) const {
    return stage_.inputs ? stage_.inputs(batch)
                         : std::vector{stage_.rows->select(batch.own_rows())};
  }

  void run_step(const Batch& batch) {
    const std::int64_t all = steps_ * epochs_;
    const double rate = schedule(batch.step, all, options_.warmup_share, options_.final_rate) *
                        after_drops(batch.step, all, options_.drops);
    for (AdamW* optimiser : stage_.optimisers) {
      optimiser->scale_rate(rate);
    }
    losses_.push_back(step_(inputs(batch), batch.size()).to(at::kDouble));
    loss_rows_.push_back(static_cast<double>(batch.size()));
  }

  /// Adds the losses of the last steps. What ranks want of each other travels with them.
  void look_at_losses() {
    team_.wait_for(losses_.front().device());
    auto all = to_doubles(losses_.size() == 1 ? losses_.front().view({1}) : at::stack(losses_));
    all.push_back(stop_requested() ? 1.0 : 0.0);
    all.push_back(checkpoints_ != nullptr && checkpoints_->due() ? 1.0 : 0.0);
    team_.sum(all);
    const std::int64_t done = (now_.epoch - 1) * steps_ + now_.step;
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      require(std::isfinite(all[i]),
              "{}: the loss became {} at step {}; a smaller learning rate may help", options_.name,
              all[i], done - static_cast<std::int64_t>(losses_.size() - i));
      now_.loss_sum += all[i] * loss_rows_[i];
    }
    stop_ = all[losses_.size()] > 0;
    due_ = all[losses_.size() + 1] > 0;
    losses_.clear();
    loss_rows_.clear();
    stage_.progress(
        {static_cast<double>(done) / static_cast<double>(steps_ * epochs_), now_.epoch, epochs_});
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
    c.seconds = elapsed();
    c.state = to_map(stage_.state);
    c.best = finished ? store::TensorMap() : to_map(best_);
    c.optimiser = finished ? store::TensorMap() : to_map(optimiser_);
    checkpoints_->save(options_.name, std::move(c));
  }

  void record(std::int64_t epoch, double train_loss) {
    double loss = stage_.validate();
    team_.sum(std::span(&loss, 1));
    require(std::isfinite(loss), "{}: the validation loss became {} in epoch {}", options_.name,
            loss, epoch);
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
    std::vector<at::Tensor> weights;
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
  std::int64_t rows_, steps_, epochs_, look_every_;
  StepGraph step_;
  NamedTensors optimiser_;
  std::vector<at::Tensor> losses_;  // not yet looked at
  std::vector<double> loss_rows_;   // of their batches
  store::Checkpoint now_;           // its tensors are filled in when saved
  NamedTensors best_;
  double earlier_ = 0;  // seconds before this start
  Clock::time_point start_ = Clock::now();
  bool stop_ = false, due_ = false;
};

}  // namespace

store::History train_stage(const StageOptions& options, const Stage& stage, const Compute& compute,
                           Checkpoints* checkpoints) {
  return Runner(options, stage, compute, checkpoints).run();
}

}  // namespace cance::nn
