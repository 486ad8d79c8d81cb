// What the next steps of a stage read, made by a thread of its own while the steps before them run:
// the host's draws and what it sends to a GPU then cost the steps no time.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "nn/tensor.hpp"

namespace cance::nn {

class BatchFeed {
 public:
  using Make = std::function<std::vector<at::Tensor>(std::int64_t step)>;

  /// Of steps [first, end), one after another; at most `ahead` wait to be taken. 0: each is made by
  /// who takes it, without a thread. On a GPU the thread works on the current stream of this one,
  /// which must record nothing meanwhile (StepGraph::settled). `make` does not depend on the steps.
  BatchFeed(Make make, std::int64_t first, std::int64_t end, std::size_t ahead, at::Device device);
  ~BatchFeed();
  BatchFeed(const BatchFeed&) = delete;
  BatchFeed& operator=(const BatchFeed&) = delete;

  /// Those of the next step, of which there must be one. What `make` throws comes out here, behind
  /// the batches before.
  [[nodiscard]] std::vector<at::Tensor> next();

 private:
  void run();

  Make make_;
  std::int64_t at_, end_;  // the step that is made next
  std::size_t ahead_;
  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<std::vector<at::Tensor>> ready_;
  std::exception_ptr failure_;
  bool leave_ = false;
  std::thread thread_;  // the last member: it reads the others
};

}  // namespace cance::nn
