// Files that are either whole or absent: write under a temporary name, sync, rename.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cance {

/// A temporary file beside the target (temporary_file.hpp), locked for as long as the object lives.
/// Not committed, it is removed by the destructor; what a killed process left of the same target,
/// by the constructor of the next. A target that is a link of this user or of root is followed. One
/// that is a device or a pipe is written in place, by `commit`, from an unnamed temporary file.
class AtomicFile {
 public:
  /// Makes the parent folders. Errors: they cannot be made or written; the target is a folder, a
  /// block device, a socket, a link of somebody else, or a pipe that nobody reads.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Where to write, the open file itself (/proc/self/fd/N), so that nobody can put a link in its
  /// place; close it before `commit`.
  [[nodiscard]] std::filesystem::path temporary() const;
  /// What is to be made, for messages.
  [[nodiscard]] const std::filesystem::path& target() const { return target_; }
  /// Syncs the temporary file, renames it over the target and syncs the folder. Not `durable`:
  /// without syncing (tens of milliseconds); whole or absent all the same while the machine runs.
  void commit(bool durable = true);
  /// As `commit`, but only over the file that the caller knows: false, and the temporary file
  /// stays, when another program has written the target meanwhile. `known`: whether the target is
  /// still the one that is to be replaced; null when none was there. Of several writers of one
  /// target on one machine, or on a file system that knows locks and links, none is lost; elsewhere
  /// `known` is asked just before the renaming.
  [[nodiscard]] bool commit_over(const std::function<bool()>& known);

 private:
  void make_temporary(const std::filesystem::path& start);
  void require_own_name() const;
  void written();
  void copy_in_place() const;

  std::filesystem::path target_;   ///< behind links
  std::filesystem::path name_;     ///< of the temporary file; empty: it has none any more
  int file_ = -1, in_place_ = -1;  ///< descriptors: the temporary file; a device or a pipe
};

/// Writes `text` to `target` atomically; `durable` as for `AtomicFile::commit`. Throws on a full or
/// unwritable place; the old file then stays.
void write_text_file(const std::filesystem::path& target, std::string_view text,
                     bool durable = true);

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
