// What a start must know of finished cells, without opening their run files:
// RUNS/running/finished.list, a line a run file. A line counts as long as its file is the one that
// was read or written then.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace cance::store {

struct FinishedRun {
  std::string config_hash;     ///< of settings that it was found, or made, to have
  std::string dataset_sha256;  ///< and of its data
  double seconds = 0;
};

class FinishedRuns {
 public:
  /// Reads the list of a run directory; a missing one is empty, and lines that cannot be parsed
  /// count as none.
  explicit FinishedRuns(std::filesystem::path runs);
  /// Nothing where the list does not know the cell, or its run file has changed since.
  [[nodiscard]] std::optional<FinishedRun> find(const std::string& cell) const;

 private:
  std::filesystem::path runs_;
  std::map<std::string, std::string> lines_;  // by cell, without it
};

/// What changes with the run file of a cell; empty where there is none.
[[nodiscard]] std::string run_state(const std::filesystem::path& runs, const std::string& cell);
/// Adds the run file of the cell, which is whole and had this `state` before it was read. A disk
/// that takes no line does no harm.
void note_finished(const std::filesystem::path& runs, const std::string& cell,
                   const FinishedRun& run, const std::string& state);

}  // namespace cance::store
