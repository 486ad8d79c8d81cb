#include "nn/training.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <thread>

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
        look_every_(options.look_every > 0 ? options.look_every : steps_between_looks(compute)),
        step_(options.name, stage.step, graphs_for(compute)),
        validation_(
            options.name + "'s validation",
            [&](const std::vector<at::Tensor>&, std::int64_t) { return stage.validate(); },
            stage.steady_validation ? graphs_for(compute) : GraphMaker()) {
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
    Chunk& chunk = chunks_.back();
    chunk.first = chunk.losses.empty() ? batch.step : chunk.first;
    chunk.losses.push_back(step_(inputs(batch), batch.size()).to(at::kDouble));
    chunk.rows.push_back(static_cast<double>(batch.size()));
  }

  /// Losses of steps that the host has not looked at, on their way to it.
  struct Chunk {
    std::vector<at::Tensor> losses;
    std::vector<double> rows;  // of their batches
    std::int64_t first = 0;    // step of the first one in the stage
    at::Tensor values;         // in host memory, once `there` says so
    std::function<bool()> there;
  };

  [[nodiscard]] std::int64_t steps_done() const { return (now_.epoch - 1) * steps_ + now_.step; }

  /// Sends the losses of the last steps to the host, which no GPU waits for.
  void send_losses() {
    Chunk& chunk = chunks_.back();
    const at::Tensor all =
        chunk.losses.size() == 1 ? chunk.losses.front().view({1}) : at::stack(chunk.losses);
    chunk.values = all.to(at::kCPU, /*non_blocking=*/true);
    chunk.there = end_of_work(all.device());
    chunk.losses.clear();
    chunks_.emplace_back();
  }

  /// The losses of the oldest chunks, all but `left` of those that were sent.
  [[nodiscard]] std::vector<double> arrived(std::size_t left) {
    std::vector<double> all;
    for (std::size_t i = 0; i + 1 + left < chunks_.size(); ++i) {
      while (!chunks_[i].there()) {
        std::this_thread::sleep_for(std::chrono::microseconds(20));
      }
      const auto values = to_doubles(chunks_[i].values);
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  }

  /// Adds the losses of all chunks that were sent but the last `left`, and what else is given, over
  /// the team; gives the sums of the latter.
  std::vector<double> add_losses(std::size_t left, const std::vector<double>& more) {
    std::vector<double> all = arrived(left);
    all.insert(all.end(), more.begin(), more.end());
    team_.sum(all);
    auto next = all.begin();
    while (chunks_.size() > 1 + left) {
      const Chunk& chunk = chunks_.front();
      for (std::size_t i = 0; i < chunk.rows.size(); ++i, ++next) {
        require(std::isfinite(*next),
                "{}: the loss became {} at step {}; a smaller learning rate may help",
                options_.name, *next, chunk.first + static_cast<std::int64_t>(i));
        now_.loss_sum += *next * chunk.rows[i];
      }
      chunks_.pop_front();
    }
    return {next, all.end()};
  }

  /// Takes up the losses of the last steps, in the middle of an epoch on a GPU of those before, so
  /// that it has work meanwhile. What ranks want of each other travels with them.
  void look_at_losses() {
    send_losses();
    const bool wait = now_.step == steps_ || look_every_ == 1;
    const auto wishes = add_losses(
        wait ? 0 : 1,
        {stop_requested() ? 1.0 : 0.0, checkpoints_ != nullptr && checkpoints_->due() ? 1.0 : 0.0});
    stop_ = wishes[0] > 0;
    due_ = wishes[1] > 0;
    stage_.progress({static_cast<double>(steps_done()) / static_cast<double>(steps_ * epochs_),
                     now_.epoch, epochs_});
  }

  /// Saves and stops between steps, all ranks at the same one.
  void attend() {
    if (stop_ || due_) {
      if (chunks_.size() > 1) {
        (void)add_losses(0, {});
      }
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
    double loss = validation_({}, 0).item<double>();
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
  StepGraph step_, validation_;
  NamedTensors optimiser_;
  std::deque<Chunk> chunks_ = std::deque<Chunk>(1);  // the last one is not yet sent
  store::Checkpoint now_;                            // its tensors are filled in when saved
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
