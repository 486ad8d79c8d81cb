// Temporary files: unforeseeable names, locks, and what killed processes left of them.
#pragma once

#include <filesystem>
#include <string>

namespace cance {

/// 16 hexadecimal digits that nobody can foretell.
[[nodiscard]] std::string random_word();

/// An open file (read and write) that nobody had before, and its name; the caller closes it.
struct TemporaryFile {
  int descriptor;
  std::filesystem::path name;
};

/// Makes START + ".tmp.<kernel>.<random>", never through a link, and locks it where the file system
/// knows locks. Error: it cannot be made.
[[nodiscard]] TemporaryFile make_temporary_file(const std::filesystem::path& start);

/// Removes what was left of the temporary files of one target: those that nobody of this machine
/// holds, in whatever container, and those of other machines that were not touched for a day.
void remove_left_overs_of(const std::filesystem::path& target);

/// Removes, below a folder, the temporary files of this machine that nobody holds: a killed process
/// may still end its last sync when the next writer of its target looks for them.
void remove_left_overs(const std::filesystem::path& folder);

}  // namespace cance
