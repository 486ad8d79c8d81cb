#include "archive/collect.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "archive/archive_file.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "hdf5/seal.hpp"

namespace cance::archive {
namespace {

namespace fs = std::filesystem;
constexpr int kMostTries = 20;  // while a grid replaces run files under our hands

using Entries = std::map<std::string, Entry>;  // by cell

/// Texts of all ranks; none of them may hold a line break.
std::vector<std::string> gather_lines(const Ranks& ranks, const std::vector<std::string>& own) {
  std::string text;
  for (const std::string& line : own) {
    text += line + '\n';
  }
  const std::vector<char> all = ranks.all_gather(text);
  auto lines = split(std::string_view(all.data(), all.size()), '\n');
  lines.pop_back();  // behind the last line break
  return lines;
}

/// The collecting of one archive, as rank 0 knows it.
class Collection {
 public:
  explicit Collection(const CollectOptions& options) : options_(options) {
    if (fs::exists(options.out)) {
      old_ = std::make_shared<const ArchiveFile>(options.out);
      require(old_->links() == options.links,
              "{}: it holds {}, so {} --link, or choose another file", options.out.string(),
              old_->links() ? "links to run files" : "copies of run files",
              old_->links() ? "give" : "leave out");
      for (const Member& member : old_->members()) {
        entries_[member.info.cell] = {member, options.links ? nullptr : old_};
        unread_.insert(member.info.cell);
        if (options.links && !is_link_whole(options.out, member)) {
          lost_.insert(member.info.cell);
        } else {
          known_.insert(member.file_sha256);
        }
      }
    }
  }

  /// Whether this very file is in the archive; not where it cannot be read, as its reader will say.
  [[nodiscard]] bool has(const fs::path& file) const {
    try {
      return known_.contains(hdf5::content_sha256(file));
    } catch (const Error&) {
      return false;
    }
  }

  /// A run of another archive.
  void add(const RunPlace& place) {
    const std::string archive = place.archive->path().string();
    require(!options_.links, "{}: the runs of an archive cannot be linked; leave out --link",
            archive);
    require(!old_ || !fs::equivalent(archive, options_.out),
            "{}: it is also the archive to write; give it as --out only", archive);
    Member member;
    try {
      member = place.archive->examined(place.cell);
    } catch (const Error& error) {
      result_.left_out.push_back(left_out(place.name(), error));
      return;
    }
    add(member, place.archive, place.name());
  }

  void add(const Member& member, std::shared_ptr<const ArchiveFile> from, const std::string& name) {
    const auto place = entries_.find(member.info.cell);
    if (place == entries_.end()) {
      entries_[member.info.cell] = {member, std::move(from)};
      names_[member.info.cell] = name;
      ++result_.added;
      return;
    }
    const bool twice_now = names_.contains(member.info.cell);
    if (place->second.member.sha256 == member.sha256) {
      if (lost_.erase(member.info.cell) > 0) {  // its file lies elsewhere now
        take(place->second, member, std::move(from), name);
      }
      return;
    }
    require(
        !twice_now,
        "{}: the cell {} is also in {}, with other content; collect them into two archives: 'cance "
        "compare' shows how they differ, and report takes several folders and joins them where "
        "methods were run apart",
        name, member.info.cell, names_[member.info.cell]);
    require(options_.replace,
            "{}: the cell {} was done again: {} holds another content; give --replace to take the "
            "new one, or collect into another file",
            name, member.info.cell, options_.out.string());
    take(place->second, member, std::move(from), name);
  }

  /// Writes the archive where something is new.
  CollectResult finish() {
    result_.runs = entries_.size();
    if (result_.added + result_.replaced > 0) {
      std::vector<Entry> ordered;
      for (auto& [cell, entry] : entries_) {
        if (unread_.contains(cell) && !lost_.contains(cell)) {
          entry.member = old_->examined(cell);  // whoever sent the archive wrote its tables too
        }
        ordered.push_back(entry);
      }
      write_archive(options_.out, ordered, options_.links, old_.get());
    }
    return std::move(result_);
  }

 private:
  void take(Entry& entry, const Member& member, std::shared_ptr<const ArchiveFile> from,
            const std::string& name) {
    entry = {member, std::move(from)};
    names_[member.info.cell] = name;
    lost_.erase(member.info.cell);
    unread_.erase(member.info.cell);
    ++result_.replaced;
  }

  const CollectOptions& options_;
  std::shared_ptr<const ArchiveFile> old_;
  Entries entries_;
  std::set<std::string> known_;               // checksums of run files
  std::set<std::string> unread_;              // cells of which only the tables of old_ were read
  std::set<std::string> lost_;                // cells whose linked file is not there any more
  std::map<std::string, std::string> names_;  // cell -> where it was found now
  CollectResult result_;
};

/// "+JSON" of a member, or "-FILE\tREASON".
std::string examined(const fs::path& file, const CollectOptions& options) {
  try {
    Member member = examine(file);
    member.file =
        fs::proximate(fs::absolute(file), fs::absolute(options.out).parent_path()).string();
    return fmt::format("+{}", to_json(member));
  } catch (const Error& error) {
    std::string reason = left_out(file.string(), error).reason;
    std::ranges::replace(reason, '\n', ' ');
    return fmt::format("-{}\t{}", file.string(), reason);
  }
}

/// Sorts what was found: runs of archives into the collection, new files into `files`, or left out.
std::vector<LeftOut> sort_places(const std::vector<RunPlace>& places, Collection& collection,
                                 std::vector<std::string>& files) {
  std::vector<LeftOut> out;
  for (const RunPlace& place : places) {
    std::string file = place.file.string();
    if (place.archive != nullptr) {
      collection.add(place);
    } else if (!is_utf8_line(file)) {  // neither a table nor a line can hold it
      std::ranges::replace_if(
          file, [](char c) { return c < ' ' || c > '~'; }, '?');
      out.push_back({file, "its path is not UTF-8 text on one line; rename it"});
    } else if (!place.fault.empty()) {
      out.push_back({file, place.fault});
    } else if (!collection.has(file)) {
      files.push_back(file);
    }
  }
  return out;
}

std::vector<std::string> examine_share(const std::vector<std::string>& files,
                                       const CollectOptions& options, const Ranks& ranks) {
  std::vector<std::string> lines;
  const auto size = static_cast<std::size_t>(ranks.size);
  log::Progress progress(static_cast<double>(files.size()), "runs read");
  for (std::size_t i = static_cast<std::size_t>(ranks.rank); i < files.size(); i += size) {
    lines.push_back(examined(files[i], options));
    progress.update(static_cast<double>(std::min(i + size, files.size())));
  }
  progress.finish();
  return lines;
}

/// On rank 0: what all ranks examined, and then the archive.
CollectResult write_members(Collection& collection, const std::vector<std::string>& lines,
                            std::vector<LeftOut> left_out, const CollectOptions& options) {
  for (const std::string& line : lines) {
    if (line[0] == '+') {
      const Member member = from_json(line.substr(1));
      collection.add(member, nullptr, run_file_of(options.out, member).string());
    } else {
      const auto tab = line.find('\t');
      left_out.push_back({line.substr(1, tab - 1), line.substr(tab + 1)});
    }
  }
  CollectResult result = collection.finish();
  result.left_out.insert(result.left_out.end(), left_out.begin(), left_out.end());
  return result;
}

CollectResult collect_once(const CollectOptions& options, const Ranks& ranks) {
  std::optional<Collection> collection;
  std::vector<std::string> files;
  std::vector<LeftOut> out;
  if (ranks.rank == 0) {
    collection.emplace(options);
    out = sort_places(find_runs(options.paths), *collection, files);
  }
  files = gather_lines(ranks, files);
  const auto lines = gather_lines(ranks, examine_share(files, options, ranks));
  std::optional<CollectResult> result;
  std::vector<std::string> again;
  if (ranks.rank == 0) {
    try {
      result = write_members(*collection, lines, std::move(out), options);
    } catch (const ChangedMeanwhile& error) {
      again.emplace_back(error.what());
    }
  }
  again = gather_lines(ranks, again);
  if (!again.empty()) {
    throw ChangedMeanwhile(again.front());
  }
  return result.value_or(CollectResult{});
}

}  // namespace

CollectResult collect(const CollectOptions& options, const Ranks& ranks) {
  for (int attempt = 1;; ++attempt) {
    try {
      return collect_once(options, ranks);
    } catch (const ChangedMeanwhile& error) {
      require(attempt < kMostTries, "{}", error.what());
      log::info("{}", error.what());
    }
  }
}

}  // namespace cance::archive
