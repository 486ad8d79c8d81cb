// Which cells are being worked on right now: RUNS/running/CELL.txt for each, rewritten by its rank
// every few seconds, so that another shell can watch a grid (`cance status`) and a second run of
// the same cells is warned of. Only for eyes: no decision of the program rests on these files
// (src/files.md, section 8).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace cance::store {

/// A record that was not renewed for so long belongs to a process that was stopped or hangs.
inline constexpr double kSilentSeconds = 180;

/// Where the work on a cell stands.
struct RunningCell {
  std::string cell;
  std::string host;
  std::string stage;  ///< for example "autoencoder"
  int rank = 0;
  int process = 0;       ///< its id on the host; 0 where a record of an earlier build does not say
  std::string space;     ///< in which that id counts (process_space); empty: not known
  bool stopped = false;  ///< on request, with a checkpoint; nobody works on the cell
  std::int64_t epoch = 0;
  std::int64_t epochs = 0;   ///< of the stage
  double done = 0;           ///< share of the cell, 0..1
  double seconds_left = -1;  ///< of the cell; negative: not known yet
  // Set by read_running:
  std::string updated;  ///< when the record was written, "2026-01-31 12:00:00 UTC"
  double age = 0;       ///< seconds since then
  bool gone = false;    ///< whether it was a process that we could see and has ended

  [[nodiscard]] bool silent() const { return !stopped && (gone || age > kSilentSeconds); }
};

/// Records where a cell stands; replaces its older record. Errors: a text that is not one line.
void write_running(const std::filesystem::path& runs, const RunningCell& record);
/// All records in the order of the cells' names, silent ones too.
[[nodiscard]] std::vector<RunningCell> read_running(const std::filesystem::path& runs);
/// Those of these cells that other processes are working on, without silent and stopped ones.
[[nodiscard]] std::vector<RunningCell> running_elsewhere(const std::filesystem::path& runs,
                                                         std::span<const std::string> cells);
/// Forgets a cell, finished or failed; no error when it has no record.
void clear_running(const std::filesystem::path& runs, const std::string& cell);

}  // namespace cance::store
