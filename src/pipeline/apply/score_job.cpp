#include "pipeline/apply/score_job.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "nn/threads.hpp"

namespace cance::pipeline {
namespace {

/// What the lanes share.
class Scoring {
 public:
  Scoring(const TrainedModel& model, const ReadRows& read, const TakeScores& take,
          const ScoreRequest& request)
      : model_(model), read_(read), take_(take), request_(request) {}

  void run() {
    std::vector<std::thread> lanes;
    for (int lane = 1; lane < request_.lanes; ++lane) {
      lanes.emplace_back([this] {
        nn::configure_thread(request_.threads);
        work();
      });
    }
    work();
    for (std::thread& lane : lanes) {
      lane.join();
    }
    if (error_) {
      std::rethrow_exception(error_);
    }
  }

 private:
  void work() {
    try {
      while (score_next()) {
      }
    } catch (...) {
      const std::lock_guard lock(taking_);
      error_ = error_ ? error_ : std::current_exception();
      turn_.notify_all();
    }
  }

  bool score_next() {
    std::vector<float> rows;
    std::size_t number = 0;
    {
      const std::lock_guard lock(reading_);
      if (failed()) {
        return false;
      }
      rows = read_(model_.block_rows());
      number = blocks_;
      blocks_ += rows.empty() ? 0 : 1;
    }
    if (rows.empty()) {
      return false;
    }
    RowScores scores = model_.score(rows, request_.wanted);
    std::unique_lock lock(taking_);
    turn_.wait(lock, [&] { return error_ || taken_ == number; });
    if (error_) {
      return false;
    }
    take_(std::move(scores));
    ++taken_;
    turn_.notify_all();
    return true;
  }

  bool failed() {
    const std::lock_guard lock(taking_);
    return error_ != nullptr;
  }

  const TrainedModel& model_;
  const ReadRows& read_;
  const TakeScores& take_;
  const ScoreRequest& request_;
  std::mutex reading_, taking_;
  std::condition_variable turn_;
  std::size_t blocks_ = 0, taken_ = 0;
  std::exception_ptr error_;
};

}  // namespace

void score_rows(const TrainedModel& model, const ReadRows& read, const TakeScores& take,
                const ScoreRequest& request) {
  ScoreRequest chosen = request;
  if (!model.on_cpu()) {
    chosen.lanes = 1;
  } else if (request.lanes == 0) {
    chosen.lanes =
        std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / request.threads);
  }
  Scoring(model, read, take, chosen).run();
}

}  // namespace cance::pipeline
