// The archive, schema 1.x (src/files.md, section 4): many runs in one file, /runs/CELL each as its
// run file had it (or as a link to that file), and the tables /cells, /table and /aggregates.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "archive/member.hpp"

namespace cance::archive {

/// An archive open for reading.
class ArchiveFile {
 public:
  /// Errors: no archive, a newer major version, incomplete, damaged, tables that do not fit each
  /// other.
  /// `whole`: the checksum of a file over 1 GiB is compared too.
  explicit ArchiveFile(const std::filesystem::path& path, bool whole = false);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Its checksum, by which another version is told apart.
  [[nodiscard]] const std::string& sha256() const { return sha256_; }
  /// Whether the runs are links to their files.
  [[nodiscard]] bool links() const { return links_; }
  /// By cell.
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  /// Nothing when there is no such cell.
  [[nodiscard]] const Member* find(const std::string& cell) const;
  /// The group of a run, in this file or in the one that is linked. Errors: no such cell (with the
  /// nearest name), a linked file that is absent or not the one that was collected.
  [[nodiscard]] hdf5::Group group(const std::string& cell) const;
  /// What the run itself says, checked, its metrics anew; of the tables only where it came from.
  [[nodiscard]] Member examined(const std::string& cell) const;
  [[nodiscard]] store::RunRecord run(const std::string& cell, store::Detail detail) const;
  /// The group /runs as it lies in this file.
  [[nodiscard]] hdf5::Group runs() const { return root_.group("runs"); }
  /// "cells", "table" or "aggregates" as it is stored.
  [[nodiscard]] hdf5::Table table(const std::string& name) const;

 private:
  [[nodiscard]] std::filesystem::path linked_file(const Member& member) const;

  std::filesystem::path path_;
  std::string sha256_;
  hdf5::Group root_;
  bool links_ = false;
  std::vector<Member> members_;
};

/// A run that goes into an archive: out of its run file, or out of another archive.
struct Entry {
  Member member;
  std::shared_ptr<const ArchiveFile> from;  ///< null: the run file member.file
};

/// What became of a run file since it was examined.
class ChangedMeanwhile : public Error {
 public:
  using Error::Error;
};

/// The run file of a member of the archive at `archive`.
[[nodiscard]] std::filesystem::path run_file_of(const std::filesystem::path& archive,
                                                const Member& member);

/// Whether that file is there, and the one that was collected.
[[nodiscard]] bool is_link_whole(const std::filesystem::path& archive, const Member& member);

/// Writes the archive whole or not at all; entries ordered by cell, no cell twice. One run is held
/// at a time. `replacing`: the archive that is at `path` now, or null; ChangedMeanwhile when
/// another one is there by then, or when a run file is another than the one that was examined.
void write_archive(const std::filesystem::path& path, const std::vector<Entry>& entries, bool links,
                   const ArchiveFile* replacing);

}  // namespace cance::archive
