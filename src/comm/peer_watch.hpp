// A rank that was stopped (SIGSTOP) answers nobody, and MPI waits without limit: the ranks of a
// machine watch each other.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace cance::comm {

/// Looks once a second whether a process is stopped, in a thread of its own.
class PeerWatch {
 public:
  /// Calls `when_stopped`, once, after it was seen stopped for `limit` on end; time in which this
  /// process was stopped too does not count.
  PeerWatch(int process, std::chrono::seconds limit, std::function<void()> when_stopped);

 private:
  std::jthread thread_;
};

}  // namespace cance::comm
