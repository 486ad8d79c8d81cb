#include "nn/training.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/stop_flag.hpp"
#include "nn/adamw.hpp"

namespace cance::nn {
namespace {

using Clock = std::chrono::steady_clock;

/// The weights with the lowest validation loss.
class Best {
 public:
  explicit Best(NamedTensors state) : state_(std::move(state)) {}
  void offer(double loss) {
    if (loss < lowest_) {
      lowest_ = loss;
      saved_ = copy_state(state_);
    }
  }
  void restore() const { restore_state(state_, saved_); }

 private:
  NamedTensors state_, saved_;
  double lowest_ = std::numeric_limits<double>::infinity();
};

class Runner {
 public:
  Runner(const StageOptions& options, const Stage& stage)
      : options_(options), stage_(stage), best_(stage.state) {}

  StageHistory run() {
    if (options_.start_counts) {
      record(0, std::nan(""));
    }
    for (std::int64_t epoch = 1; epoch <= options_.epochs; ++epoch) {
      record(epoch, run_epoch(epoch));
    }
    best_.restore();
    return std::move(history_);
  }

 private:
  double run_epoch(std::int64_t epoch) {
    const auto order = Random(options_.seed, Purpose::shuffle, static_cast<std::uint64_t>(epoch))
                           .permutation(static_cast<std::size_t>(options_.rows));
    const std::int64_t steps = (options_.rows + options_.batch - 1) / options_.batch;
    double sum = 0;
    for (std::int64_t i = 0; i < steps; ++i) {
      throw_if_stop_requested();
      const std::int64_t first = i * options_.batch;
      const auto count = static_cast<std::size_t>(std::min(options_.batch, options_.rows - first));
      const std::int64_t step = (epoch - 1) * steps + i;
      const double rate =
          schedule(step, steps * options_.epochs, options_.warmup_share, options_.final_rate);
      const double loss =
          stage_.step(std::span(order).subspan(static_cast<std::size_t>(first), count), step, rate);
      require(std::isfinite(loss),
              "the loss became {} at step {}; a smaller learning rate may help", loss, step);
      sum += loss * static_cast<double>(count);
      stage_.progress(static_cast<double>(step + 1) / static_cast<double>(steps * options_.epochs));
    }
    return sum / static_cast<double>(options_.rows);
  }

  void record(std::int64_t epoch, double train_loss) {
    const double validation_loss = stage_.validate();
    require(std::isfinite(validation_loss), "the validation loss became {} in epoch {}",
            validation_loss, epoch);
    best_.offer(validation_loss);
    history_.epoch.push_back(epoch);
    history_.train_loss.push_back(train_loss);
    history_.validation_loss.push_back(validation_loss);
    history_.seconds.push_back(std::chrono::duration<double>(Clock::now() - start_).count());
  }

  const StageOptions& options_;
  const Stage& stage_;
  Best best_;
  StageHistory history_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

StageHistory train_stage(const StageOptions& options, const Stage& stage) {
  return Runner(options, stage).run();
}

}  // namespace cance::nn
