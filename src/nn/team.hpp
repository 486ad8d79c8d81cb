// The ranks that train one model together, as torch sees them. A team of one does nothing and costs
// nothing. Losses are sums of what the ranks contribute, so sums over the team make them and their
// gradients those of the global batch (src/method.md, section 9).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/device_sum.hpp"
#include "nn/tensor.hpp"

namespace cance::nn {

/// Consecutive rows of a global batch that belong to one rank; there may be none.
struct Share {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

/// How the sums of tensors travel.
enum class Transport {
  host,    ///< MPI reads and writes the tensors, which lie in host memory
  staged,  ///< through a copy in host memory
  nccl     ///< between the GPUs, behind the work of the current stream
};

/// From "auto" | "nccl" | "staged" for a team on this kind of device. auto: NCCL on GPUs of their
/// own where it is there. Error when nccl is asked for and cannot be; `why_no_nccl` as of comm.
[[nodiscard]] Transport choose_transport(const std::string& word, at::Device device,
                                         bool share_a_gpu, const std::string& why_no_nccl);

inline constexpr double kTeamLimit = 60;  // seconds

class Team {
 public:
  /// One rank alone.
  Team();
  /// All ranks of `communicator`, which must outlive the team and its copies. By NCCL, ranks that
  /// do not answer for `limit` seconds are lost (LostRanks). Collective.
  explicit Team(comm::Communicator& communicator, Transport transport = Transport::host,
                double limit = kTeamLimit);

  [[nodiscard]] int rank() const;
  [[nodiscard]] int size() const;
  [[nodiscard]] bool alone() const { return size() == 1; }
  /// This rank's part of `rows` rows: sizes differ by at most one.
  [[nodiscard]] Share share(std::int64_t rows) const;

  /// Whether all ranks give the same number. Collective.
  [[nodiscard]] bool same(double value) const;
  /// Throws Stopped on all ranks where one of them has `stopped`. Collective.
  void stop_together(bool stopped) const;
  /// Sums of these numbers over the team, in place. Collective.
  void sum(std::span<double> values) const;
  /// The sum over the team of a float32 or float64 tensor of one shape on all ranks; gradients sum
  /// the same way. Collective, and again in the backward pass.
  [[nodiscard]] at::Tensor sum(const at::Tensor& own) const;
  /// The same without a gradient.
  [[nodiscard]] at::Tensor summed(const at::Tensor& own) const;
  /// The rows of all ranks (rows, ...) in rank order; each gives what it has. Collective.
  [[nodiscard]] at::Tensor gather_rows(const at::Tensor& own) const;
  /// LostRanks where sums on the device were given up: numbers that were read since are of no use.
  /// `sum` and `gather_rows` ask it too.
  void require_ranks() const;
  /// Starts the sum of a contiguous float32 or float64 tensor in place; wait before reading it.
  [[nodiscard]] std::unique_ptr<comm::Pending> start_sum(at::Tensor& values) const;
  /// Whether steps with sums of the team can be recorded as graphs of a device: alone, or by NCCL.
  [[nodiscard]] bool can_record() const;
  /// Between true and false sums are recorded with the step, not under way, and none is watched.
  void record(bool on) const;
  /// The recorded sums of a step are under way, behind the work of the current stream.
  void watch_replay(at::Device device) const;
  /// Does `work`, which is not collective, on every rank: an Error of one becomes a SharedError of
  /// all. Collective.
  void run_together(const std::function<void()>& work) const;
  /// SharedError unless these tensors have the same bits on all ranks. Collective.
  void require_same(const std::vector<at::Tensor>& tensors, const std::string& what) const;

  /// Seconds that this rank has spent in reductions.
  [[nodiscard]] double seconds() const;
  /// Runs `wait` and counts its time among those seconds.
  void timed(const std::function<void()>& wait) const;

 private:
  void start_on_device(const at::Tensor& values) const;

  struct State {
    comm::Communicator* communicator = nullptr;  // none: alone
    Transport transport = Transport::host;
    std::unique_ptr<comm::DeviceSum> device_sum;  // of nccl
    std::unique_ptr<comm::SumWatch> watch;        // of it
    bool recording = false;
    double seconds = 0;
  };
  std::shared_ptr<State> state_;  ///< one for all copies
};

}  // namespace cance::nn
