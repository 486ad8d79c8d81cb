#include "archive/archive_file.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include "archive/tables.hpp"
#include "base/atomic_file.hpp"
#include "base/build_info.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "hdf5/seal.hpp"
#include "store/schema.hpp"

namespace cance::archive {
namespace {

namespace fs = std::filesystem;

hdf5::Group open_archive(const fs::path& path, bool whole) {
  hdf5::Group root = hdf5::open_file(path, whole);
  store::check_schema(root, store::kArchiveSchema);
  return root;
}

/// What identifies a version of a file: the checksum line, "" where there is no file.
std::string version_of(const fs::path& path) {
  return fs::exists(path) ? hdf5::content_sha256(path) : "";
}

/// Where the run lies that an archive is to hold or link: in another archive, or its run file.
hdf5::Group source_of(const Entry& entry, const fs::path& archive) {
  const Member& member = entry.member;
  if (entry.from != nullptr) {
    return entry.from->group(member.info.cell);
  }
  const fs::path file = run_file_of(archive, member);
  require(fs::exists(file),
          "{}: not there any more, and the archive links it; collect it from where it lies now, or "
          "into another archive",
          file.string());
  if (version_of(file) != member.file_sha256) {
    throw ChangedMeanwhile(
        fmt::format("{}: another file since it was read; collect again", file.string()));
  }
  return hdf5::open_file(file);
}

}  // namespace

ArchiveFile::ArchiveFile(const fs::path& path, bool whole)
    : path_(path), sha256_(version_of(path)), root_(open_archive(path, whole)) {
  links_ = root_.boolean("links");
  members_ = members_of(table("cells"), table("table"));
  require(std::ranges::is_sorted(members_, {}, [](const Member& m) { return m.info.cell; }),
          "{}: /cells is not ordered by cell; collect again", path.string());
}

const Member* ArchiveFile::find(const std::string& cell) const {
  const auto place =
      std::ranges::lower_bound(members_, cell, {}, [](const Member& m) { return m.info.cell; });
  return place == members_.end() || place->info.cell != cell ? nullptr : &*place;
}

hdf5::Group ArchiveFile::group(const std::string& cell) const {
  const Member* const member = find(cell);
  if (member == nullptr) {
    std::vector<std::string> names;
    std::ranges::transform(members_, std::back_inserter(names),
                           [](const Member& m) { return m.info.cell; });
    fail("{}: there is no cell '{}' in it{}; it holds {} (cance inspect {})", path_.string(), cell,
         did_you_mean(cell, names), names.size(), path_.string());
  }
  return links_ ? hdf5::open_file(linked_file(*member)) : root_.group("runs/" + cell);
}

fs::path ArchiveFile::linked_file(const Member& member) const {
  const fs::path file = run_file_of(path_, member);
  require(fs::exists(file),
          "{}: the linked run file {} is not there; put it back, or collect it again from where it "
          "lies now",
          path_.string(), member.file);
  require(hdf5::content_sha256(file) == member.file_sha256,
          "{}: the linked run file {} is another one than was collected; collect again",
          path_.string(), member.file);
  return file;
}

Member ArchiveFile::examined(const std::string& cell) const {
  Member member = examine(group(cell));
  require(member.info.cell == cell, "{}: its tables name the cell {}, which says it is {}",
          path_.string(), cell, member.info.cell);
  member.file = find(cell)->file;
  member.file_sha256 = find(cell)->file_sha256;
  return member;
}

store::RunRecord ArchiveFile::run(const std::string& cell, store::Detail detail) const {
  return store::read_run(group(cell), detail);
}

hdf5::Table ArchiveFile::table(const std::string& name) const {
  return hdf5::read_table(root_, name);
}

fs::path run_file_of(const fs::path& archive, const Member& member) {
  return (fs::absolute(archive).parent_path() / member.file).lexically_normal();
}

bool is_link_whole(const fs::path& archive, const Member& member) {
  return version_of(run_file_of(archive, member)) == member.file_sha256;
}

void write_archive(const fs::path& path, const std::vector<Entry>& entries, bool links,
                   const ArchiveFile* replacing) {
  AtomicFile file(path);
  std::optional<hdf5::Group> root = hdf5::create_file(file.temporary(), file.target().string());
  const BuildInfo build = build_info();
  root->set("schema", store::kArchiveSchema);
  root->set("schema_version", store::kSchemaVersion);
  root->set("complete", false);
  root->set("software", "cance");
  root->set("software_version", build.version);
  root->set("links", links);
  std::vector<Member> members;
  {
    const hdf5::Group runs = root->create_group("runs");
    log::Progress progress(static_cast<double>(entries.size()), "runs written");
    for (const Entry& entry : entries) {
      const hdf5::Group source = source_of(entry, path);
      if (links && entry.from == nullptr) {
        runs.link_file(entry.member.info.cell, entry.member.file);
      } else {
        source.copy_to(runs, entry.member.info.cell);
      }
      store::RunInfo& info = members.emplace_back(entry.member).info;
      if (info.config.empty()) {  // known from the tables of an archive, or from another rank
        store::RunInfo own = store::read_run(source, store::Detail::info).info;
        info.config = std::move(own.config);
        info.chosen = std::move(own.chosen);
      }
      progress.update(static_cast<double>(members.size()));
    }
    progress.finish();
  }
  const Tables tables(members);
  hdf5::write_table(*root, "cells", tables.cells());
  hdf5::write_table(*root, "table", tables.metrics());
  hdf5::write_table(*root, "aggregates", tables.aggregates());
  root->set("complete", true);
  store::seal_temporary(root, file, "archive");
  std::function<bool()> known;
  if (replacing != nullptr) {
    known = [&] { return version_of(path) == replacing->sha256(); };
  }
  if (!file.commit_over(known)) {
    throw ChangedMeanwhile(
        fmt::format("{}: written by another program meanwhile; collect again", path.string()));
  }
}

}  // namespace cance::archive
