#include "archive/run_source.hpp"

#include <set>

#include "base/error.hpp"
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
    const hdf5::Group root = hdf5::open_file(path);
    return root.has_attribute("schema") && root.text("schema") == store::kArchiveSchema;
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

}  // namespace

std::string RunPlace::name() const {
  return cell.empty() ? file.string() : file.string() + ":" + cell;
}

store::RunRecord RunPlace::read(store::Detail detail) const {
  return archive == nullptr ? store::read_run_file(file, detail) : archive->run(cell, detail);
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
    require(fs::exists(path), "{}: not found; expected {}", path.string(), kExpected);
    if (!is_archive(path)) {
      require(cell.empty(), "{}: not an archive, so ':{}' names nothing in it", path.string(),
              cell);
      for (const fs::path& file : store::find_run_files(path)) {
        add({file, "", nullptr});
      }
      continue;
    }
    const auto archive = std::make_shared<const ArchiveFile>(path);
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
  return places;
}

RunPlace find_run(const fs::path& path) {
  auto places = find_runs({path});
  require(places.size() == 1, "{}: it holds {} runs; name one, as {}", path.string(), places.size(),
          places.front().archive == nullptr ? places.front().file.string() : places.front().name());
  return std::move(places.front());
}

std::vector<Member> read_members(const std::vector<RunPlace>& places) {
  std::vector<Member> members;
  for (const RunPlace& place : places) {
    if (place.archive != nullptr) {  // the tables have its metrics
      members.push_back(*place.archive->find(place.cell));
      members.back().info.config = place.read(store::Detail::info).info.config;
    } else {
      members.push_back(member_of(place.read(store::Detail::light)));
      members.back().file = place.file.string();
      members.back().file_sha256 = hdf5::content_sha256(place.file);
    }
  }
  return members;
}

}  // namespace cance::archive
