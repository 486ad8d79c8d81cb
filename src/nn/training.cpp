#include "nn/training.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <thread>

#include "base/error.hpp"
#include "base/stop_flag.hpp"
#include "nn/batch_feed.hpp"
#include "nn/convert.hpp"

namespace cance::nn {
namespace {

using Clock = std::chrono::steady_clock;

/// Steps between two looks at the losses. Looking waits for the device, and on the CPU for nothing.
std::int64_t steps_between_looks(const Compute& compute) {
  return compute.device.is_cpu() ? 1 : 32;
}

/// Batches made ahead of their steps. On the CPU another thread would take time from the steps;
/// rows that are read from elsewhere are read in the order of the steps.
std::size_t batches_ahead(const StageOptions& options, const Stage& stage, const Compute& compute) {
  const std::int64_t ahead = options.ahead > 0 ? options.ahead : compute.device.is_cpu() ? 0 : 8;
  const bool in_place = std::ranges::all_of(
      stage.learners, [](const Learner& learner) { return learner.rows->in_place(); });
  return in_place ? static_cast<std::size_t>(ahead) : 0;
}

/// One learner on its way.
struct Track {
  const Learner& own;
  NamedTensors optimiser;
  store::Checkpoint now = {};  // its tensors are filled in when saved
  NamedTensors best = {};
  double earlier = 0;  // seconds before this start
  std::exception_ptr failure = nullptr;

  [[nodiscard]] bool fails() const { return failure != nullptr; }
};

class Runner {
 public:
  Runner(const StageOptions& options, const Stage& stage, const Compute& compute)
      : options_(options),
        stage_(stage),
        team_(compute.team),
        rows_(stage.learners.front().rows->size()),
        steps_((rows_ + options.batch - 1) / options.batch),
        epochs_(options.steps > 0 ? (options.steps + steps_ - 1) / steps_ : options.epochs),
        look_every_(options.look_every > 0 ? options.look_every : steps_between_looks(compute)),
        device_(compute.device),
        ahead_(batches_ahead(options, stage, compute)),
        step_(options.name, stage.step, graphs_for(compute)),
        validation_(
            options.name + "'s validation",
            [&](const std::vector<at::Tensor>&, std::int64_t) { return stage.validate(); },
            stage.steady_validation ? graphs_for(compute) : GraphMaker()) {
    for (std::size_t k = 0; k < stage.learners.size(); ++k) {
      tracks_.push_back({stage.learners[k], optimiser_of(k)});
    }
  }

  std::vector<Trained> run() {
    if (!resume()) {
      if (options_.start_counts && tracks_.front().now.history.epoch.empty()) {
        record(0);
      }
      for (; epoch_ <= epochs_ && any_left(); ++epoch_, at_step_ = 0) {
        run_epoch();
        if (any_left()) {
          record(epoch_);
        }
      }
      finish();
    }
    std::vector<Trained> results;
    for (Track& track : tracks_) {
      results.push_back({std::move(track.now.history), track.failure});
    }
    return results;
  }

 private:
  /// Learner k's part of the optimisers' state.
  [[nodiscard]] NamedTensors optimiser_of(std::size_t k) const {
    NamedTensors all;
    for (std::size_t i = 0; i < stage_.optimisers.size(); ++i) {
      for (auto& [name, tensor] : stage_.optimisers[i]->state(fmt::format("{}.", i))) {
        const bool shared = stage_.learners.size() == 1 || tensor.dim() == 0;
        all.emplace_back(std::move(name), shared ? tensor : tensor[static_cast<std::int64_t>(k)]);
      }
    }
    return all;
  }

  [[nodiscard]] bool any_left() const { return !std::ranges::all_of(tracks_, &Track::fails); }

  /// f of every track that has not failed.
  template <class F>
  void for_tracks(F f) {
    for (Track& track : tracks_) {
      if (!track.fails()) {
        f(track);
      }
    }
  }

  /// Takes up checkpoints that all ranks have; true when the stage is over.
  bool resume() {
    for (Track& track : tracks_) {
      track.now.best_loss = std::numeric_limits<double>::infinity();
      take_up(track);
    }
    epoch_ = tracks_.front().now.epoch;
    at_step_ = tracks_.front().now.step;
    return tracks_.front().now.finished;
  }

  void take_up(Track& track) {
    Checkpoints* const checkpoints = track.own.checkpoints;
    auto found = checkpoints != nullptr ? checkpoints->load(options_.name) : std::nullopt;
    const auto step = found ? static_cast<double>((found->epoch - 1) * steps_ + found->step) : -1.0;
    const bool same = team_.same(step) && team_.same(found && found->finished ? 1 : 0);
    if (!found || !same) {
      return;
    }
    track.now = std::move(*found);
    restore_map(track.own.state, track.now.state);
    if (!track.now.finished) {
      restore_map(track.optimiser, track.now.optimiser);
    }
    if (!track.now.best.empty()) {
      track.best = copy_state(track.own.state);
      restore_map(track.best, track.now.best);
    }
    track.earlier = track.now.seconds;
  }

  void run_epoch() {
    std::vector<std::vector<std::int64_t>> orders;
    std::vector<Places> sent_orders;
    for (const Track& track : tracks_) {
      orders.push_back(track.own.rows->order(track.own.seed, epoch_));
      const bool read_there = track.own.rows->in_place();  // others are read from the host
      sent_orders.push_back(
          {orders.back(), read_there ? sent(index_view(orders.back()), device_) : at::Tensor()});
    }
    const std::int64_t before = (epoch_ - 1) * steps_;
    const auto batches = [&](std::int64_t step) {
      const std::int64_t count = rows_of(step);
      std::vector<Batch> all;
      for (const Places& order : sent_orders) {
        all.push_back(
            {order.part(step * options_.batch, count), team_.share(count), before + step});
      }
      return all;
    };
    const bool settled = step_.settled(rows_of(0)) && step_.settled(rows_of(steps_ - 1));
    BatchFeed feed([&](std::int64_t step) { return inputs(batches(step)); }, at_step_, steps_,
                   settled ? ahead_ : 0, device_);
    while (at_step_ < steps_ && any_left()) {
      run_step(before + at_step_, rows_of(at_step_), feed.next());
      ++at_step_;
      if (at_step_ == steps_ || at_step_ % look_every_ == 0) {
        look_at_losses();
        attend();
      }
    }
  }

  [[nodiscard]] std::vector<at::Tensor> inputs(std::span<const Batch> batches) const {
    return stage_.inputs ? stage_.inputs(batches)
                         : std::vector{tracks_.front().own.rows->select(batches[0].own_rows())};
  }

  /// Rows of the batch of a step of any epoch.
  [[nodiscard]] std::int64_t rows_of(std::int64_t step) const {
    return std::min(options_.batch, rows_ - step * options_.batch);
  }

  /// Step `step` of the stage.
  void run_step(std::int64_t step, std::int64_t rows, const std::vector<at::Tensor>& read) {
    const std::int64_t all = steps_ * epochs_;
    const double rate = schedule(step, all, options_.warmup_share, options_.final_rate) *
                        after_drops(step, all, options_.drops);
    for (AdamW* optimiser : stage_.optimisers) {
      optimiser->scale_rate(rate);
    }
    Chunk& chunk = chunks_.back();
    chunk.first = chunk.losses.empty() ? step : chunk.first;
    chunk.losses.push_back(step_(read, rows).to(at::kDouble));
    chunk.rows.push_back(static_cast<double>(rows));
  }

  /// Losses of steps that the host has not looked at, on their way to it.
  struct Chunk {
    std::vector<at::Tensor> losses;
    std::vector<double> rows;  // of their batches
    std::int64_t first = 0;    // step of the first one in the stage
    at::Tensor values;         // in host memory, once `there` says so
    std::function<bool()> there;
  };

  [[nodiscard]] std::int64_t steps_done() const { return (epoch_ - 1) * steps_ + at_step_; }

  /// Sends the losses of the last steps to the host, which no GPU waits for.
  void send_losses() {
    Chunk& chunk = chunks_.back();
    const at::Tensor all =
        chunk.losses.size() == 1 ? chunk.losses.front().view({-1}) : at::stack(chunk.losses);
    chunk.values = all.to(at::kCPU, /*non_blocking=*/true);
    chunk.there = end_of_work(all.device());
    chunk.losses.clear();
    chunks_.emplace_back();
  }

  /// The losses of the oldest chunks, all but `left` of those that were sent, by step and learner.
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
      for (std::size_t i = 0; i < chunk.rows.size(); ++i) {
        for (Track& track : tracks_) {
          add_loss(track, *next++, chunk.rows[i], chunk.first + static_cast<std::int64_t>(i));
        }
      }
      chunks_.pop_front();
    }
    return {next, all.end()};
  }

  void add_loss(Track& track, double loss, double rows, std::int64_t step) const {
    if (!track.fails() && !std::isfinite(loss)) {
      track.failure = std::make_exception_ptr(
          Error(fmt::format("{}: the loss became {} at step {}; a smaller learning rate may help",
                            options_.name, loss, step)));
    }
    track.now.loss_sum += loss * rows;
  }

  /// Takes up the losses of the last steps, in the middle of an epoch on a GPU of those before, so
  /// that it has work meanwhile. What ranks want of each other travels with them.
  void look_at_losses() {
    send_losses();
    const bool wait = at_step_ == steps_ || look_every_ == 1;
    const bool due = std::ranges::any_of(tracks_, [](const Track& track) {
      return !track.fails() && track.own.checkpoints != nullptr && track.own.checkpoints->due();
    });
    const auto wishes = add_losses(wait ? 0 : 1, {stop_requested() ? 1.0 : 0.0, due ? 1.0 : 0.0});
    stop_ = wishes[0] > 0;
    due_ = wishes[1] > 0;
    for_tracks([&](const Track& track) {
      track.own.progress({static_cast<double>(steps_done()) / static_cast<double>(steps_ * epochs_),
                          epoch_, epochs_});
    });
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
      stop_with_others();
    }
  }

  void save(bool finished) {
    for_tracks([&](const Track& track) {
      if (track.own.checkpoints != nullptr) {
        store::Checkpoint c = track.now;
        c.finished = finished;
        c.epoch = epoch_;
        c.step = at_step_;
        c.seconds = elapsed(track);
        c.state = to_map(track.own.state);
        c.best = finished ? store::TensorMap() : to_map(track.best);
        c.optimiser = finished ? store::TensorMap() : to_map(track.optimiser);
        track.own.checkpoints->save(options_.name, std::move(c));
      }
    });
  }

  /// Of each learner's weights. A stop in the midst of it, as where it goes through the rows by
  /// `for_blocks`, leaves the steps before it to go on from.
  [[nodiscard]] at::Tensor validation_losses() {
    try {
      return validation_({}, 0).view({-1});
    } catch (const Stopped&) {
      save(/*finished=*/false);
      throw;
    }
  }

  /// Judges the weights after this epoch, 0: those of the start.
  void record(std::int64_t epoch) {
    auto losses = to_doubles(validation_losses());
    team_.sum(losses);
    auto next = losses.begin();
    for (Track& track : tracks_) {
      const double loss = *next++;
      if (track.fails()) {
        continue;
      }
      if (!std::isfinite(loss)) {
        track.failure = std::make_exception_ptr(Error(fmt::format(
            "{}: the validation loss became {} in epoch {}", options_.name, loss, epoch)));
        continue;
      }
      if (loss < track.now.best_loss) {
        track.now.best_loss = loss;
        track.best = copy_state(track.own.state);
      }
      store::History& history = track.now.history;
      history.epoch.push_back(epoch);
      history.train_loss.push_back(epoch == 0 ? std::nan("")
                                              : track.now.loss_sum / static_cast<double>(rows_));
      history.validation_loss.push_back(loss);
      history.seconds.push_back(elapsed(track));
      track.now.loss_sum = 0;
    }
  }

  void finish() {
    for_tracks([&](const Track& track) {
      restore_state(track.own.state, track.best);
      std::vector<at::Tensor> weights;
      for (const auto& [name, tensor] : track.own.state) {
        weights.push_back(tensor);
      }
      team_.require_same(weights, "the weights after stage " + options_.name);
    });
    save(/*finished=*/true);
  }

  /// Seconds of the stage so far, of which each learner has an equal share.
  [[nodiscard]] double elapsed(const Track& track) const {
    return track.earlier + std::chrono::duration<double>(Clock::now() - start_).count() /
                               static_cast<double>(tracks_.size());
  }

  const StageOptions& options_;
  const Stage& stage_;
  const Team& team_;
  std::int64_t rows_, steps_, epochs_, look_every_;
  at::Device device_;
  std::size_t ahead_;
  StepGraph step_, validation_;
  std::vector<Track> tracks_;
  std::int64_t epoch_ = 1, at_step_ = 0;             // steps of this epoch that are done
  std::deque<Chunk> chunks_ = std::deque<Chunk>(1);  // the last one is not yet sent
  Clock::time_point start_ = Clock::now();
  bool stop_ = false, due_ = false;
};

}  // namespace

std::vector<Trained> train_stage(const StageOptions& options, const Stage& stage,
                                 const Compute& compute) {
  return Runner(options, stage, compute).run();
}

Standing standing(const std::string& stage, const Rows& train, const Rows& validation,
                  const Checkpoints* checkpoints) {
  Standing where{train.size(), validation.size()};
  if (const auto found = checkpoints != nullptr ? checkpoints->load(stage) : std::nullopt) {
    where.finished = found->finished;
    where.epoch = found->epoch;
    where.step = found->step;
  }
  return where;
}

}  // namespace cance::nn
