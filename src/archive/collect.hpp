// Collecting: run files of any number of directories, and runs of other archives, into one archive.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "archive/run_source.hpp"

namespace cance::archive {

/// The ranks that read and check together; alone by default.
struct Ranks {
  int rank = 0, size = 1;
  /// The bytes of all ranks in rank order. Collective.
  std::function<std::vector<char>(std::span<const char>)> all_gather =
      [](std::span<const char> own) { return std::vector<char>(own.begin(), own.end()); };
};

struct CollectOptions {
  std::vector<std::filesystem::path> paths;  ///< run directories, run files, archives
  std::filesystem::path out;                 ///< archive; extended when it exists
  bool links = false;                        ///< link the run files instead of copying them
  bool replace = false;  ///< let runs that were done again take the place of archived ones
};

struct CollectResult {
  std::size_t runs = 0;           ///< in the archive now
  std::size_t added = 0;          ///< of them new
  std::size_t replaced = 0;       ///< of them in place of older ones, or linked where they lie now
  std::vector<LeftOut> left_out;  ///< what cannot be read, is damaged or incomplete
};

/// Reads and checks what is not yet in the archive, each rank its share, and lets rank 0 write
/// archive and tables anew, whole or not at all; nothing is written when nothing is new.
/// Repeatable: runs are known by checksum. Collective; rank 0 gets the result, the others an empty
/// one. Errors: no run; a cell twice with different content; links and copies mixed; a full disk.
[[nodiscard]] CollectResult collect(const CollectOptions& options, const Ranks& ranks = {});

}  // namespace cance::archive
