#include "comm/peer_watch.hpp"

#include "base/process.hpp"
#include "comm/nap.hpp"

namespace cance::comm {

PeerWatch::PeerWatch(int process, std::chrono::seconds limit, std::function<void()> when_stopped)
    : thread_([process, limit, call = std::move(when_stopped)](const std::stop_token& end) {
        std::chrono::seconds seen{0};
        while (nap(end, std::chrono::seconds(1))) {
          seen = is_suspended(process) ? seen + std::chrono::seconds(1) : std::chrono::seconds(0);
          if (seen >= limit) {
            call();
            return;
          }
        }
      }) {}

}  // namespace cance::comm
