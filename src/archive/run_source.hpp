// Where runs lie: run directories, run files, archives, and single runs of an archive as
// "archive.h5:CELL". Whoever reads runs reads all of these.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "archive/archive_file.hpp"
#include "base/error.hpp"

namespace cance::archive {

/// One run: a run file, or a cell of an archive. Or what cannot be read: a file, a folder, a link
/// that leads nowhere, an archive.
struct RunPlace {
  std::filesystem::path file;
  std::string cell;                            ///< in the archive; empty for a run file
  std::shared_ptr<const ArchiveFile> archive;  ///< null for a run file
  std::string fault = {};                      ///< why it cannot be read, if so

  /// "runs/a.h5", or "archive.h5:CELL".
  [[nodiscard]] std::string name() const;
  /// Error, with `fault` where there is one; also where a metric does not follow from the scores.
  [[nodiscard]] store::RunRecord read(store::Detail detail) const;
};

/// A file that was left out, and why.
struct LeftOut {
  std::string file, reason;
};
/// With the reason that `error` gives, which begins with the file's name.
[[nodiscard]] LeftOut left_out(const std::string& file, const Error& error);

/// All runs that the paths name, in their order, and what cannot be read there; a file is listed
/// once. Errors: a path that does not exist (with what was expected), nothing that can be read.
[[nodiscard]] std::vector<RunPlace> find_runs(const std::vector<std::filesystem::path>& paths);

/// The one run that `path` names. Error: none, or more than one.
[[nodiscard]] RunPlace find_run(const std::filesystem::path& path);

struct ReadMembers {
  std::vector<Member> members;
  std::size_t left_out = 0;  ///< runs that cannot be read
};

/// What an archive would know of these runs, with their settings, metrics by their scores, without
/// the checksum of files' content. Runs that cannot be read are warned of. Error: none can.
[[nodiscard]] ReadMembers read_members(const std::vector<RunPlace>& places);

}  // namespace cance::archive
