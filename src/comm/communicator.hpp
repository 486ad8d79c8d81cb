// What ranks say to each other. Every method is collective: all ranks of the communicator call it
// in the same order with the same sizes. Counts are elements, never bytes. With one rank each
// method is the identity.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace cance::comm {

enum class Op { sum, min, max };

/// A reduction under way: the values belong to it until `wait` returns.
class Pending {
 public:
  Pending() = default;
  virtual ~Pending() = default;
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  virtual void wait() = 0;
};

class Communicator {
 public:
  virtual ~Communicator() = default;
  Communicator() = default;
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;

  /// Every element becomes its reduction over the ranks, the same bits on each. One rank:
  /// unchanged.
  virtual void all_reduce(std::span<float> values, Op op) = 0;
  virtual void all_reduce(std::span<double> values, Op op) = 0;
  virtual void all_reduce(std::span<std::int64_t> values, Op op) = 0;

  /// Starts a sum over the ranks and returns at once, so that work goes on meanwhile. Ranks start
  /// them in the same order. One rank: unchanged.
  [[nodiscard]] virtual std::unique_ptr<Pending> start_sum(std::span<float> values) = 0;
  [[nodiscard]] virtual std::unique_ptr<Pending> start_sum(std::span<double> values) = 0;

  /// Every rank gets the values of `root`. One rank: unchanged.
  virtual void broadcast(std::span<float> values, int root) = 0;
  virtual void broadcast(std::span<double> values, int root) = 0;
  virtual void broadcast(std::span<std::int64_t> values, int root) = 0;

  /// The values of all ranks, in rank order; each rank gives as many as it has. One rank: a copy.
  [[nodiscard]] virtual std::vector<float> all_gather(std::span<const float> values) = 0;
  [[nodiscard]] virtual std::vector<double> all_gather(std::span<const double> values) = 0;
  [[nodiscard]] virtual std::vector<std::int64_t> all_gather(
      std::span<const std::int64_t> values) = 0;
  [[nodiscard]] virtual std::vector<char> all_gather(std::span<const char> values) = 0;

  /// Returns when every rank has called it. One rank: at once.
  virtual void barrier() = 0;

  /// The ranks that give the same `color` form a communicator, ordered by rank. One rank: itself
  /// again.
  [[nodiscard]] virtual std::unique_ptr<Communicator> split(int color) = 0;
};

/// One process alone, no MPI.
[[nodiscard]] std::unique_ptr<Communicator> make_self_communicator();

/// An Error that every rank throws with the same message, so that one of them may speak for all.
class SharedError : public Error {
 public:
  using Error::Error;
};

/// Runs `work` on every rank. Where it throws an Error on any, all ranks throw the SharedError of
/// the lowest such rank. Collective; `work` itself must not be.
void run_together(Communicator& communicator, const std::function<void()>& work);

/// SharedError unless every rank gives the same text; the message names `what` and the ranks that
/// differ. Collective.
void require_agreement(Communicator& communicator, const std::string& text,
                       const std::string& what);

}  // namespace cance::comm
