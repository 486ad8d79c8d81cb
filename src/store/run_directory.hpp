// The run directory: DIR/CELL.h5 for each finished cell, DIR/failed/CELL.txt for each failed one,
// DIR/checkpoints/CELL/ for one under way, and DIR/grid.cfg, the settings the directory was filled
// with. State lives in these files only.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/found_files.hpp"

namespace cance::store {

/// Every file below `folder` and what cannot be read there, as find_files, but for the folders that
/// come and go while a grid runs (checkpoints, stages, running, failed, slurm).
[[nodiscard]] std::vector<FoundFile> files_below(const std::filesystem::path& folder);
/// The files folder/CELL.txt by cell. Error: one of them, or a folder, cannot be read.
[[nodiscard]] std::map<std::string, std::filesystem::path> texts_by_cell(
    const std::filesystem::path& folder);

/// DIR/CELL.h5. Errors: an empty or absolute cell name, one that leaves the folder ("..").
[[nodiscard]] std::filesystem::path run_path(const std::filesystem::path& dir,
                                             const std::string& cell);

/// Records why a cell failed; replaces an older record.
void write_failure(const std::filesystem::path& dir, const std::string& cell,
                   const std::string& message);
/// The message of a failed cell, nothing when it has not failed.
[[nodiscard]] std::optional<std::string> read_failure(const std::filesystem::path& dir,
                                                      const std::string& cell);
/// Forgets a failure; no error when there is none.
void clear_failure(const std::filesystem::path& dir, const std::string& cell);
/// All failed cells with their messages.
[[nodiscard]] std::map<std::string, std::string> read_failures(const std::filesystem::path& dir);

/// Folder of a cell's checkpoints, DIR/checkpoints/CELL.
[[nodiscard]] std::filesystem::path checkpoint_folder(const std::filesystem::path& dir,
                                                      const std::string& cell);
/// Removes them, and folders that are empty then.
void clear_checkpoints(const std::filesystem::path& dir, const std::string& cell);

/// Folder of stages that cells of a sweep share, DIR/stages/KEY/CELL; they stay for later launches.
[[nodiscard]] std::filesystem::path shared_stage_folder(const std::filesystem::path& dir,
                                                        const std::string& key,
                                                        const std::string& cell);

/// Keeps the effective settings of grids with cells below `dir` as DIR/grid.cfg, DIR/grid-2.cfg and
/// so on; those of earlier launches are removed.
void write_grid_configs(const std::filesystem::path& dir, const std::vector<std::string>& texts);
/// Whether the file is one of these.
[[nodiscard]] bool is_grid_config(const std::filesystem::path& path);

}  // namespace cance::store
