#include "nn/batch_feed.hpp"

#include "nn/device.hpp"
#include "nn/threads.hpp"

namespace cance::nn {

BatchFeed::BatchFeed(Make make, std::int64_t first, std::int64_t end, std::size_t ahead,
                     at::Device device)
    : make_(std::move(make)), at_(first), end_(end), ahead_(ahead) {
  if (ahead_ > 0 && at_ < end_) {
    thread_ = std::thread([this, device, count = threads(), stream = current_stream(device)] {
      try {
        configure_thread(count);
        const OwnStream shared(device, stream);
        run();
      } catch (...) {
        const std::lock_guard lock(mutex_);
        failure_ = std::current_exception();
      }
      changed_.notify_all();
    });
  }
}

BatchFeed::~BatchFeed() {
  {
    const std::lock_guard lock(mutex_);
    leave_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void BatchFeed::run() {
  while (at_ < end_) {
    auto made = make_(at_++);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return leave_ || ready_.size() < ahead_; });
    if (leave_) {
      return;
    }
    ready_.push_back(std::move(made));
    changed_.notify_all();
  }
}

std::vector<at::Tensor> BatchFeed::next() {
  if (!thread_.joinable()) {
    return make_(at_++);
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !ready_.empty() || failure_; });
  if (ready_.empty()) {
    std::rethrow_exception(failure_);
  }
  auto taken = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return taken;
}

}  // namespace cance::nn
