// Models that differ only in their seeds and rows, trained in one step: calls and launches are paid
// once for all. Each model has a thread of its own, of which one runs at a time; they meet at every
// training stage, and one of them runs it for all.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include "store/history.hpp"

namespace cance::nn {

/// How a stage ended for a model: its history, or why it failed.
struct Trained {
  store::History history = {};
  std::exception_ptr failure = nullptr;

  /// The history. Throws what the model failed of.
  [[nodiscard]] store::History taken();
};

class Lockstep {
 public:
  /// Trains models, as many results in their order.
  using Train = std::function<std::vector<Trained>(const std::vector<void*>& models)>;
  class Seat;

  /// Of so many models, each with a seat that must be taken.
  explicit Lockstep(std::size_t models) : models_(models), seats_(models) {}

 private:
  /// Who waits for the others.
  struct Visitor {
    Seat* seat;
    void* model;
    Trained result = {};
    bool done = false;
  };
  void run(const Train& train);

  std::size_t models_;
  std::mutex mutex_;  // of all that follows
  std::condition_variable changed_;
  bool running_ = false;  // whether a thread has the turn
  std::size_t seats_;     // whose threads are not through
  std::vector<Visitor*> visitors_;
};

/// From its making to its end the thread that has it runs while no other one of the lockstep does.
class Lockstep::Seat {
 public:
  /// `number` orders the models.
  Seat(Lockstep& lockstep, std::size_t number);
  ~Seat();
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  /// Seconds that this thread had the turn, and its share of the trainings for all.
  [[nodiscard]] double seconds() const;
  /// Of the lockstep, also those whose threads are through.
  [[nodiscard]] std::size_t models() const { return lockstep_.models_; }
  /// Waits until all threads that are not through are here, then one of them runs `train` on all
  /// models; what it throws, all throw. All threads meet in the same order of stages.
  [[nodiscard]] Trained meet(void* model, const Train& train);

 private:
  friend Lockstep;
  using Clock = std::chrono::steady_clock;
  Lockstep& lockstep_;
  std::size_t number_;
  Clock::time_point since_;  // when it got the turn
  double earlier_ = 0;       // seconds before
};

}  // namespace cance::nn
