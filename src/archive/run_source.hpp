// Where runs lie: run directories, run files, archives, and single runs of an archive as
// "archive.h5:CELL". Whoever reads runs reads all of these.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "archive/archive_file.hpp"

namespace cance::archive {

/// One run: a run file, or a cell of an archive.
struct RunPlace {
  std::filesystem::path file;
  std::string cell;                            ///< in the archive; empty for a run file
  std::shared_ptr<const ArchiveFile> archive;  ///< null for a run file

  /// "runs/a.h5", or "archive.h5:CELL".
  [[nodiscard]] std::string name() const;
  [[nodiscard]] store::RunRecord read(store::Detail detail) const;
};

/// All runs that the paths name, in their order; a file is listed once. Errors: a path that does
/// not exist (with what was expected), an archive that is damaged, no run at all.
[[nodiscard]] std::vector<RunPlace> find_runs(const std::vector<std::filesystem::path>& paths);

/// The one run that `path` names. Error: none, or more than one.
[[nodiscard]] RunPlace find_run(const std::filesystem::path& path);

/// What an archive would know of these runs, with their settings, without checksums; metrics as
/// they are stored.
[[nodiscard]] std::vector<Member> read_members(const std::vector<RunPlace>& places);

}  // namespace cance::archive
