#include "nn/lockstep.hpp"

#include <algorithm>
#include <utility>

namespace cance::nn {

store::History Trained::taken() {
  if (failure) {
    std::rethrow_exception(failure);
  }
  return std::move(history);
}

Lockstep::Seat::Seat(Lockstep& lockstep, std::size_t number)
    : lockstep_(lockstep), number_(number) {
  std::unique_lock lock(lockstep_.mutex_);
  lockstep_.changed_.wait(lock, [this] { return !lockstep_.running_; });
  lockstep_.running_ = true;
  since_ = Clock::now();
}

Lockstep::Seat::~Seat() {
  const std::lock_guard lock(lockstep_.mutex_);
  lockstep_.running_ = false;
  --lockstep_.seats_;
  lockstep_.changed_.notify_all();
}

double Lockstep::Seat::seconds() const {
  return earlier_ + std::chrono::duration<double>(Clock::now() - since_).count();
}

Trained Lockstep::Seat::meet(void* model, const Train& train) {
  Lockstep& all = lockstep_;
  Visitor own{this, model};
  std::unique_lock lock(all.mutex_);
  all.visitors_.push_back(&own);
  std::ranges::sort(all.visitors_, {}, [](const Visitor* one) { return one->seat->number_; });
  earlier_ = seconds();
  all.running_ = false;
  all.changed_.notify_all();
  const auto leads = [&] {
    return !own.done && all.visitors_.front() == &own && all.visitors_.size() == all.seats_;
  };
  all.changed_.wait(lock, [&] { return !all.running_ && (own.done || leads()); });
  all.running_ = true;
  if (leads()) {
    lock.unlock();  // nobody else has the turn
    all.run(train);
  }
  since_ = Clock::now();
  return std::move(own.result);
}

void Lockstep::run(const Train& train) {
  const auto start = Seat::Clock::now();
  std::vector<void*> models;
  for (const Visitor* const visitor : visitors_) {
    models.push_back(visitor->model);
  }
  std::vector<Trained> results(models.size());
  try {
    results = train(models);
  } catch (...) {
    for (Trained& result : results) {
      result.failure = std::current_exception();
    }
  }
  const std::chrono::duration<double> took = Seat::Clock::now() - start;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < results.size(); ++i) {
    visitors_[i]->result = std::move(results[i]);
    visitors_[i]->done = true;
    visitors_[i]->seat->earlier_ += took.count() / static_cast<double>(results.size());
  }
  visitors_.clear();
}

}  // namespace cance::nn
