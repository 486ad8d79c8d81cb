// A thread that looks at something from time to time, until it is asked to stop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace cance::comm {

/// Waits so long, or until the thread is asked to stop; false where it is.
inline bool nap(const std::stop_token& end, std::chrono::milliseconds time) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  return !woken.wait_for(lock, end, time, [&end] { return end.stop_requested(); });
}

}  // namespace cance::comm
