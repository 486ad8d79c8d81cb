// A file by which the ranks of a launch, and the batch script around them, learn that it was
// stopped on request: a signal may reach one rank only, and mpirun may lose its exit code.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>

namespace cance::comm {
class Communicator;
}

namespace cance::pipeline {

/// Where the ranks of this launch leave their mark: the file that the user named, else one in
/// `folder` that no other launch has. Collective.
[[nodiscard]] std::filesystem::path stop_mark_path(const std::string& named,
                                                   const std::filesystem::path& folder,
                                                   comm::Communicator& communicator);

class StopMark {
 public:
  explicit StopMark(std::filesystem::path path) : path_(std::move(path)) {}

  /// Removes what an earlier launch left. One rank does it before the others go on. Error: the file
  /// is none that a launch left.
  void clear() const;
  /// Leaves the mark when this rank was asked to stop; asks this rank to stop where the mark lies.
  /// Looks at the disk once a second.
  void poll();

 private:
  std::filesystem::path path_;
  bool written_ = false;
  std::chrono::steady_clock::time_point last_;
};

/// Removes the marks in the folder of launches that are over, as one is whose first rank was
/// killed: the process that left it has ended, which it does after all ranks or with them.
void clear_old_marks(const std::filesystem::path& folder);

}  // namespace cance::pipeline
