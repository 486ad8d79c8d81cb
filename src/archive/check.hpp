// Whether an archive says what its runs say.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cance::archive {

struct ArchiveCheck {
  std::size_t runs = 0, metrics = 0;  ///< that were computed anew
  std::vector<std::string> faults;    ///< what differs, each with its cell or table
};

/// Reads every run whole, computes its checksum and metrics anew, and compares them with /cells,
/// /table and /aggregates. One run is held at a time. Error: no archive, or damaged as a whole.
[[nodiscard]] ArchiveCheck check_archive(const std::filesystem::path& path);

}  // namespace cance::archive
