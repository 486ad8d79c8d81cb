// Files that are either whole or absent: write under a temporary name, sync, rename.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cance {

/// Reserves `target` + ".tmp.<host>.<pid>" beside the target. Not committed, it is removed by the
/// destructor; what a killed process left of the same target, by the constructor of the next.
class AtomicFile {
 public:
  /// Makes the parent folders. Throws when they cannot be made.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Where to write; close it before `commit`.
  [[nodiscard]] const std::filesystem::path& temporary() const { return temporary_; }
  /// Syncs the temporary file, renames it over the target and syncs the folder.
  void commit();
  /// As `commit`, but only over the file that the caller knows: false, and the temporary file
  /// stays, when another program has written the target meanwhile. `known`: whether the target is
  /// still the one that is to be replaced; null when none was there. Of several writers of one
  /// target on one machine, or on a file system that knows locks and links, none is lost; elsewhere
  /// `known` is asked just before the renaming.
  [[nodiscard]] bool commit_over(const std::function<bool()>& known);

 private:
  void sync_folder() const;

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

/// Removes, below a folder, the temporary files of this machine's processes that are gone: a killed
/// process may still end its last sync when the next writer of its target looks for them.
void remove_left_overs(const std::filesystem::path& folder);

/// Writes `text` to `target` atomically. Throws on a full or unwritable place; the old file then
/// stays.
void write_text_file(const std::filesystem::path& target, std::string_view text);

struct TextFile {
  std::filesystem::path target;
  std::string text;
};

/// Writes files that belong together: the first is replaced only once all are written, so that a
/// full disk leaves all old ones.
void write_text_files(const std::vector<TextFile>& files);

/// The whole file as text. Throws when it cannot be read or is over `limit` bytes.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path,
                                         std::uintmax_t limit = 1U << 26U);

}  // namespace cance
