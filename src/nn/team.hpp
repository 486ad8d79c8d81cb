// The ranks that train one model together, as torch sees them. A team of one does nothing and costs
// nothing. Losses are sums of what the ranks contribute, so sums over the team make them and their
// gradients those of the global batch (method.md section 9).
#pragma once

#include <cstdint>
#include <functional>

#include "comm/communicator.hpp"
#include "nn/torch_headers.hpp"

namespace cance::nn {

/// Consecutive rows of a global batch that belong to one rank; there may be none.
struct Share {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

class Team {
 public:
  /// One rank alone.
  Team();
  /// All ranks of `communicator`, which must outlive the team and its copies.
  explicit Team(comm::Communicator& communicator);

  /// The team as a value that an autograd node can save, and back.
  [[nodiscard]] c10::IValue capsule() const;
  explicit Team(const c10::IValue& capsule);

  [[nodiscard]] int rank() const;
  [[nodiscard]] int size() const;
  [[nodiscard]] bool alone() const { return size() == 1; }
  /// This rank's part of `rows` rows: sizes differ by at most one.
  [[nodiscard]] Share share(std::int64_t rows) const;

  /// Sums of these numbers over the team, in place. Collective.
  void sum(std::span<double> values) const;
  /// The sum over the team of a float32 or float64 tensor of one shape on all ranks; gradients sum
  /// the same way. Collective, and again in the backward pass.
  [[nodiscard]] torch::Tensor sum(const torch::Tensor& own) const;
  /// The same without a gradient, for a team of several; a tensor of another device travels through
  /// host memory.
  [[nodiscard]] torch::Tensor summed(const torch::Tensor& own) const;
  /// The rows of all ranks (rows, ...) in rank order; each gives what it has. Collective.
  [[nodiscard]] torch::Tensor gather_rows(const torch::Tensor& own) const;
  /// Starts the sum of a contiguous float32 or float64 tensor in place; wait before reading it.
  [[nodiscard]] std::unique_ptr<comm::Pending> start_sum(torch::Tensor& values) const;
  /// Does `work`, which is not collective, on every rank: an Error of one becomes a SharedError of
  /// all. Collective.
  void run_together(const std::function<void()>& work) const;
  /// SharedError unless these tensors have the same bits on all ranks. Collective.
  void require_same(const std::vector<torch::Tensor>& tensors, const std::string& what) const;

  /// Seconds that this rank has spent in reductions.
  [[nodiscard]] double seconds() const;
  /// Runs `wait` and counts its time among those seconds.
  void timed(const std::function<void()>& wait) const;

 private:
  /// A tensor capsule too, so that autograd nodes can hold it.
  struct State : torch::CustomClassHolder {
    comm::Communicator* communicator = nullptr;  // none: alone
    double seconds = 0;
  };
  c10::intrusive_ptr<State> state_;
};

}  // namespace cance::nn
