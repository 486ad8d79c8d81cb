// Sums over ranks of numbers in the memory of GPUs, by NCCL, in the order of the stream that the
// model computes on. NCCL is opened at run time, so that programs start without it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "comm/communicator.hpp"

namespace cance::comm {

enum class Number { float32, float64 };

/// The ranks lost each other: nothing collective can follow, so all of them must end.
class LostRanks : public ProcessLost {
 public:
  using ProcessLost::ProcessLost;
};

class DeviceSum {
 public:
  virtual ~DeviceSum() = default;

  /// Puts the sum over the ranks of `count` numbers, in place, behind the work of this stream
  /// (cudaStream_t) and returns at once. Collective.
  virtual void start(void* values, std::size_t count, Number kind, void* stream) = 0;
  /// LostRanks when NCCL has met an error since; ends its kernels first.
  virtual void check() = 0;
  /// Ends NCCL's kernels, which would wait for ever for a rank that is gone.
  virtual void abort() noexcept = 0;
};

/// Why NCCL cannot be used here (not built in, library absent); empty when it can.
[[nodiscard]] std::string why_no_nccl();

/// On the calling thread's current GPU, a different one on every rank. Collective. Error where NCCL
/// is not there or does not start.
[[nodiscard]] std::unique_ptr<DeviceSum> make_nccl_sum(Communicator& host);

/// Waits for the device: returns when `done`, looks for errors meanwhile, and after `limit` seconds
/// takes the other ranks for lost (LostRanks).
void wait_for_device(DeviceSum& sums, const std::function<bool()>& done, double limit);

}  // namespace cance::comm
