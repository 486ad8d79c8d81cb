// A libnccl.so.2 whose other ranks are what a test says.
#pragma once

#include <nccl.h>

#include <atomic>

namespace cance::tests {

struct FakeNccl {
  std::atomic<ncclResult_t> state = ncclSuccess;  ///< of the communicator, and of calls
  std::atomic<int> sums = 0, aborts = 0, destroys = 0;
  std::atomic<int> blocking = -1;  ///< as the communicator was asked for
};

[[nodiscard]] FakeNccl& fake_nccl();

}  // namespace cance::tests
