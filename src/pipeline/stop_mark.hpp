// A file by which ranks, and the batch script around them, learn that a run was stopped on request:
// a signal may reach one rank only, and mpirun may lose its exit code.
#pragma once

#include <chrono>
#include <filesystem>
#include <utility>

namespace cance::pipeline {

class StopMark {
 public:
  explicit StopMark(std::filesystem::path path) : path_(std::move(path)) {}

  /// Removes what an earlier run left. One rank does it before the others go on.
  void clear() const;
  /// Leaves the mark when this rank was asked to stop; asks this rank to stop where the mark lies.
  /// Looks at the disk once a second.
  void poll();

 private:
  std::filesystem::path path_;
  bool written_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace cance::pipeline
