#include "archive/run_source.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/plural.hpp"
#include "hdf5/seal.hpp"
#include "store/schema.hpp"

namespace cance::archive {
namespace {

namespace fs = std::filesystem;
constexpr const char* kExpected = "a run directory, a run file, an archive, or archive.h5:CELL";

/// By its checksum line, or by its schema where another tool rewrote it without one.
bool is_archive(const fs::path& path) {
  if (!fs::is_regular_file(path)) {
    return false;
  }
  if (const std::string kind = hdf5::sealed_kind(path); !kind.empty()) {
    return kind == "archive";
  }
  try {
    return store::schema_of(path) == store::kArchiveSchema;
  } catch (const Error&) {
    return false;  // whoever reads it as a run file says what is wrong
  }
}

/// "archive.h5:CELL" cut at the colon, where no file has the whole name.
std::pair<fs::path, std::string> cut(const fs::path& path) {
  const std::string text = path.string();
  const auto colon = text.rfind(':');
  if (fs::exists(path) || colon == std::string::npos || !fs::exists(text.substr(0, colon))) {
    return {path, ""};
  }
  return {text.substr(0, colon), text.substr(colon + 1)};
}

Member read_member(const RunPlace& place) {
  Member member = member_of(place.read(store::Detail::light));
  if (place.archive != nullptr) {
    const Member& stored = *place.archive->find(place.cell);
    require(member.info.cell == place.cell, "{}: it says it is {}", place.name(), member.info.cell);
    member.file = stored.file;
    member.file_sha256 = stored.file_sha256;
    member.sha256 = stored.sha256;
  } else {
    member.file = place.file.string();
    member.file_sha256 = hdf5::content_sha256(place.file);
  }
  return member;
}

}  // namespace

std::string RunPlace::name() const {
  return cell.empty() ? file.string() : file.string() + ":" + cell;
}

store::RunRecord RunPlace::read(store::Detail detail) const {
  require(fault.empty(), "{}: {}", file.string(), fault);
  store::RunRecord run =
      archive == nullptr ? store::read_run_file(file, detail) : archive->run(cell, detail);
  if (detail != store::Detail::info) {
    try {
      static_cast<void>(check_metrics(run));
    } catch (const Error& error) {
      fail("{}: {}", name(), error.what());
    }
  }
  return run;
}

LeftOut left_out(const std::string& file, const Error& error) {
  const std::string reason = error.what();
  const std::string prefix = file + ": ";
  return {file, reason.starts_with(prefix) ? reason.substr(prefix.size()) : reason};
}

std::vector<RunPlace> find_runs(const std::vector<fs::path>& paths) {
  std::vector<RunPlace> places;
  std::set<std::string> known;
  const auto add = [&](RunPlace place) {
    if (known.insert(fs::weakly_canonical(place.file).string() + ":" + place.cell).second) {
      places.push_back(std::move(place));
    }
  };
  for (const fs::path& given : paths) {
    const auto [path, cell] = cut(given);
    require(look_up(path).has_value(), "{}: not found; expected {}", path.string(), kExpected);
    if (!is_archive(path)) {
      require(cell.empty(), "{}: not an archive, so ':{}' names nothing in it{}", path.string(),
              cell, look_up(path / cell) ? fmt::format("; give {}", (path / cell).string()) : "");
      for (FoundFile& file : store::find_run_files(path)) {
        add({std::move(file.path), "", nullptr, std::move(file.fault)});
      }
      continue;
    }
    std::shared_ptr<const ArchiveFile> archive;
    try {
      archive = std::make_shared<const ArchiveFile>(path);
    } catch (const Error& error) {
      add({path, "", nullptr, left_out(path.string(), error).reason});
      continue;
    }
    for (const Member& member : archive->members()) {
      if (cell.empty() || member.info.cell == cell) {
        add({path, member.info.cell, archive});
      }
    }
    if (!cell.empty()) {
      static_cast<void>(archive->group(cell));  // says what is wrong with the name
    }
  }
  require(!places.empty(), "there is no run file below '{}'; make some with `cance run`",
          paths.empty() ? "" : paths.front().string());
  require(!std::ranges::all_of(places, [](const RunPlace& place) { return !place.fault.empty(); }),
          "{}: {}{}", places.front().file.string(), places.front().fault,
          places.size() == 1 ? "" : "; nor can anything else that was named be read");
  return places;
}

RunPlace find_run(const fs::path& path) {
  auto places = find_runs({path});
  require(places.size() == 1, "{}: it holds {} runs; name one, as {}", path.string(), places.size(),
          places.front().archive == nullptr ? places.front().file.string() : places.front().name());
  return std::move(places.front());
}

ReadMembers read_members(const std::vector<RunPlace>& places) {
  ReadMembers result;
  for (const RunPlace& place : places) {
    try {
      result.members.push_back(read_member(place));
    } catch (const Error& error) {
      const LeftOut out = left_out(place.name(), error);
      log::warn("{} is left out: {}", out.file, out.reason);
      require(++result.left_out < places.size(), "none of the {} can be read; the last, {}: {}",
              plural(places.size(), "run"), out.file, out.reason);
    }
  }
  return result;
}

}  // namespace cance::archive
