// Where the output that a user named really goes: behind links, into a file, device or pipe.
#pragma once

#include <filesystem>

namespace cance {

struct OutputPlace {
  std::filesystem::path path;  ///< behind the links of this user and of root
  /// Descriptor of a device, a pipe or an open file (/dev/stdout), which are written as they are;
  /// -1: a regular file, or none yet. The caller closes it.
  int in_place = -1;
};

/// Errors: a folder, a block device, a socket, a link of another user, a pipe that nobody reads.
[[nodiscard]] OutputPlace open_output_place(std::filesystem::path path);

/// The folder that a file is in or would be in: "." for a bare name.
[[nodiscard]] std::filesystem::path folder_of(const std::filesystem::path& file);

}  // namespace cance
