// Sums over ranks of numbers in the memory of GPUs, by NCCL, in the order of the stream that the
// model computes on. NCCL is opened at run time, so that programs start without it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

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
  /// (cudaStream_t) and returns without waiting for other ranks' work. Collective. LostRanks where
  /// the ranks do not find each other within the limit, or after `abort`.
  virtual void start(void* values, std::size_t count, Number kind, void* stream) = 0;
  /// What NCCL has met since; empty: nothing.
  [[nodiscard]] virtual std::string problem() = 0;
  /// Ends NCCL's kernels, which would wait for ever for a rank that is gone, and with them whatever
  /// waits for the device. Returns when no graph is left that holds such kernels: to be called by a
  /// thread that has none.
  virtual void abort() noexcept = 0;
};

/// Why NCCL cannot be used here (not built in, library absent); empty when it can.
[[nodiscard]] std::string why_no_nccl();

/// On the calling thread's current GPU, a different one on every rank; `limit` seconds are given to
/// the other ranks to answer. Collective. Error where NCCL is not there or does not start,
/// LostRanks where a rank does not answer. Destroyed while an exception is in flight, it waits for
/// no rank.
[[nodiscard]] std::unique_ptr<DeviceSum> make_nccl_sum(Communicator& host, double limit);

/// Watches sums that are under way, in a thread of its own: the thread that started them waits for
/// the device at many places, and behind a rank that is gone it would wait for ever.
class SumWatch {
 public:
  /// Aborts `sums`, which outlives this, when one sum takes more than `limit` seconds or NCCL meets
  /// an error.
  SumWatch(DeviceSum& sums, double limit);

  /// A sum was started; `done` tells without waiting whether it and all before it are over.
  void add(std::function<bool()> done);
  /// LostRanks once the sums were aborted: what the device holds since is of no use.
  void require_ranks();

 private:
  using Clock = std::chrono::steady_clock;
  void watch(const std::stop_token& end);
  void look();

  DeviceSum& sums_;
  double limit_;
  std::mutex mutex_;  // of all that follows
  std::condition_variable_any changed_;
  std::deque<std::function<bool()>> pending_;
  Clock::time_point since_;  // the first of them is waited for
  std::string lost_;         // why the sums were aborted
  std::jthread thread_;
};

}  // namespace cance::comm
