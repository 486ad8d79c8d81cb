#include <chrono>
#include <thread>

#include "base/build_info.hpp"
#include "comm/device_sum.hpp"

namespace cance::comm {

void wait_for_device(DeviceSum& sums, const std::function<bool()>& done, double limit) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const auto waited = [start] {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  while (!done()) {
    if (waited() < 1e-3) {
      continue;  // a training step
    }
    sums.check();
    if (waited() > limit) {
      sums.abort();
      throw LostRanks(fmt::format(
          "waited {:.0f} s on {} for the GPUs of the other ranks of the team: one of them has died "
          "or hangs; the launcher's message names it",
          limit, host_name()));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

}  // namespace cance::comm
