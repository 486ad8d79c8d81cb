#include "base/found_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/error.hpp"
#include "base/ranges.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;
using Kind = FoundFile::Kind;

constexpr std::size_t kMostFolders = 1'000'000;  // links may lead to each other without end

bool is_link(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

std::string denied(const char* what) {
  return fmt::format("{}: {}; make it readable or move it away", what, std::strerror(errno));
}

class Walk {
 public:
  explicit Walk(const std::function<bool(const fs::path&)>& enter) : enter_(enter) {}

  void add(const fs::path& folder, bool linked) {
    struct stat status {};
    const bool there = ::stat(folder.c_str(), &status) == 0;
    const std::pair id(status.st_dev, status.st_ino);
    if (there && contains(above_, id)) {
      return;
    }
    require(++folders_ <= kMostFolders, "{}: over {} folders; do links lead to each other?",
            folder.string(), kMostFolders);
    above_.push_back(id);
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      add_entry(entry->path(), linked || entry->is_symlink());
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      found.push_back({folder, Kind::folder,
                       "the folder cannot be read: " + error.message() +
                           "; make it readable (chmod u+rx) or move it away",
                       linked});
    }
    above_.pop_back();
  }

  std::vector<FoundFile> found;

 private:
  void add_entry(const fs::path& path, bool linked) {
    auto file = look_up(path);
    if (!file) {
      return;  // gone meanwhile
    }
    if (file->kind != Kind::folder) {
      file->linked = linked;
      found.push_back(std::move(*file));
    } else if (enter_(path)) {
      add(path, linked);
    }
  }

  const std::function<bool(const fs::path&)>& enter_;
  std::vector<std::pair<dev_t, ino_t>> above_;
  std::size_t folders_ = 0;
};

}  // namespace

std::optional<FoundFile> look_up(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const int error = errno;
    if (is_link(path)) {
      return FoundFile{path, Kind::link,
                       error == ENOENT ? "a link that leads nowhere; mend or remove it"
                                       : fmt::format("a link that cannot be followed: {}; mend or "
                                                     "remove it",
                                                     std::strerror(error))};
    }
    errno = error;
    return error == ENOENT || error == ENOTDIR
               ? std::nullopt
               : std::optional(FoundFile{path, Kind::file, denied("cannot be read")});
  }
  if (S_ISDIR(status.st_mode)) {
    return FoundFile{path, Kind::folder};
  }
  if (!S_ISREG(status.st_mode)) {
    return FoundFile{path, Kind::device, "a pipe or a device, expected a file; remove it"};
  }
  const bool readable = ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0;
  return FoundFile{path, Kind::file, readable ? "" : denied("cannot be read")};
}

std::vector<FoundFile> find_files(const fs::path& folder,
                                  const std::function<bool(const fs::path&)>& enter) {
  Walk walk(enter);
  walk.add(folder, false);
  std::ranges::sort(walk.found, {}, &FoundFile::path);
  return std::move(walk.found);
}

}  // namespace cance
