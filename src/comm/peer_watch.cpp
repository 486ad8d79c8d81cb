#include "comm/peer_watch.hpp"

#include "base/process.hpp"

namespace cance::comm {

PeerWatch::PeerWatch(int process, std::chrono::seconds limit, std::function<void()> when_stopped)
    : thread_([this, process, limit, call = std::move(when_stopped)] {
        watch(process, limit, call);
      }) {}

PeerWatch::~PeerWatch() {
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void PeerWatch::watch(int process, std::chrono::seconds limit,
                      const std::function<void()>& when_stopped) {
  std::chrono::seconds seen{0};
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, std::chrono::seconds(1), [this] { return end_; })) {
    seen = is_suspended(process) ? seen + std::chrono::seconds(1) : std::chrono::seconds(0);
    if (seen >= limit) {
      when_stopped();
      return;
    }
  }
}

}  // namespace cance::comm
