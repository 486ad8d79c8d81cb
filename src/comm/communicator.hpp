// What ranks say to each other. Every method is collective: all ranks of the communicator call it
// in the same order with the same sizes. Counts are elements, never bytes. Alone: the identity.
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

/// A reduction under way: the values belong to it until `wait` returns. By itself one that is over.
class Pending {
 public:
  virtual ~Pending() = default;
  virtual void wait() {}
};

/// By itself the communicator of one process alone, no MPI.
class Communicator {
 public:
  virtual ~Communicator() = default;
  Communicator() = default;
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  [[nodiscard]] virtual int rank() const { return 0; }
  [[nodiscard]] virtual int size() const { return 1; }

  /// Every element becomes its reduction over the ranks, the same bits on each. Alone: unchanged.
  virtual void all_reduce(std::span<float>, Op) {}
  virtual void all_reduce(std::span<double>, Op) {}
  virtual void all_reduce(std::span<std::int64_t>, Op) {}

  /// Starts a sum over the ranks and returns at once, so that work goes on meanwhile. Ranks start
  /// them in the same order. One rank: unchanged.
  [[nodiscard]] virtual std::unique_ptr<Pending> start_sum(std::span<float>) { return done(); }
  [[nodiscard]] virtual std::unique_ptr<Pending> start_sum(std::span<double>) { return done(); }

  /// Every rank gets the values of `root`. One rank: unchanged.
  virtual void broadcast(std::span<std::int64_t>, int root) {
    require(root == 0, "root {} of a communicator of 1 rank", root);
  }

  /// The values of all ranks, in rank order; each rank gives as many as it has. One rank: a copy.
  [[nodiscard]] virtual std::vector<float> all_gather(std::span<const float> own) {
    return {own.begin(), own.end()};
  }
  [[nodiscard]] virtual std::vector<double> all_gather(std::span<const double> own) {
    return {own.begin(), own.end()};
  }
  [[nodiscard]] virtual std::vector<std::int64_t> all_gather(std::span<const std::int64_t> own) {
    return {own.begin(), own.end()};
  }
  [[nodiscard]] virtual std::vector<char> all_gather(std::span<const char> own) {
    return {own.begin(), own.end()};
  }

  /// Returns when every rank has called it. One rank: at once.
  virtual void barrier() {}

  /// The ranks that give the same `color` form a communicator, in their order. Alone: itself again.
  [[nodiscard]] virtual std::unique_ptr<Communicator> split(int /*color*/) {
    return std::make_unique<Communicator>();
  }

 private:
  static std::unique_ptr<Pending> done() { return std::make_unique<Pending>(); }
};

/// An Error that every rank throws with the same message, so that one of them may speak for all.
class SharedError : public Error {
 public:
  using Error::Error;
};

/// Runs `work` on every rank. Where it throws an Error on any, all ranks throw the SharedError of
/// the lowest such rank. Collective; `work` itself must not be.
void run_together(Communicator& communicator, const std::function<void()>& work);

/// SharedError, naming `what` and the ranks, unless every rank gives the same text. Collective.
void require_agreement(Communicator& communicator, const std::string& text,
                       const std::string& what);

}  // namespace cance::comm
