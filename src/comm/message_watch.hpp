// Ranks that do not see each other's processes, as they are of different machines, tell each other
// by messages that they go on.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace cance::comm {

/// A message a second to another rank, and an eye on those of a further one, in a thread of its
/// own, for which MPI must serve several threads. A rank that is stopped (SIGSTOP) sends none. Its
/// end waits until `from` ends its watch too.
class MessageWatch {
 public:
  /// Sends to rank `to`, which listens to this rank, and listens to rank `from`; -1 is nobody.
  /// Calls `when_silent`, once, after nothing came for `limit`, not counting time in which this
  /// process was stopped too.
  MessageWatch(int to, int from, std::chrono::seconds limit, std::function<void()> when_silent);

 private:
  std::jthread thread_;
};

}  // namespace cance::comm
