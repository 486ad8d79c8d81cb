// Files below a folder, links followed. What cannot be read is found too, with the reason, so that
// nothing is passed over without a word.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cance {

struct FoundFile {
  /// What lies there; a link is what it leads to, or `link` where it cannot be followed.
  enum class Kind { file, link, folder, device };

  std::filesystem::path path;
  Kind kind = Kind::file;
  std::string fault = {};  ///< why it cannot be read, with what to do; empty for a file that can
  bool linked = false;     ///< whether a link below the folder leads to it
};

/// What lies at `path`; nothing where nothing does. A readable folder has no fault.
[[nodiscard]] std::optional<FoundFile> look_up(const std::filesystem::path& path);

/// By path: every file below `folder`, and what cannot be read: files and folders without the
/// permission, links that lead nowhere, pipes and devices (never opened). Left out are folders for
/// which `enter` is false, links to a folder above them, which add nothing, and a `folder` that is
/// not there. Error: over a million folders.
[[nodiscard]] std::vector<FoundFile> find_files(
    const std::filesystem::path& folder,
    const std::function<bool(const std::filesystem::path&)>& enter);

}  // namespace cance
