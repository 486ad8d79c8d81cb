#include "base/output_place.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

bool is_symbolic_link(const fs::path& path) {
  std::error_code error;
  return fs::is_symlink(fs::symlink_status(path, error));
}

/// The open descriptor that a link stands for (/proc/self/fd/1, /dev/fd/1), -1 for another link.
int descriptor_of(const fs::path& link) {
  std::error_code error;
  return fs::equivalent(folder_of(link), "/proc/self/fd", error)
             ? parse_number<int>(link.filename().string()).value_or(-1)
             : -1;
}

/// What a link says. Error: another user made it, who could lead the program over others' files.
fs::path behind(const fs::path& link) {
  struct stat status {};
  require(::lstat(link.c_str(), &status) == 0, "{}: {}", link.string(), std::strerror(errno));
  require(status.st_uid == ::geteuid() || status.st_uid == 0,
          "{}: a link that another user made (number {}); remove it, or choose another name",
          link.string(), status.st_uid);
  const fs::path next = fs::read_symlink(link);
  return next.is_absolute() ? next : folder_of(link) / next;
}

int open_to_write(const fs::path& path) {
  constexpr int kTries = 50;
  constexpr useconds_t kPause = 100'000;
  int file = -1;
  for (int tries = 0; tries < kTries; ++tries) {  // the reader of a pipe may be about to start
    file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file >= 0 || errno != ENXIO) {
      break;
    }
    ::usleep(kPause);
  }
  require(file >= 0 || errno != ENXIO, "{}: a pipe that nobody reads; start its reader first",
          path.string());
  require(file >= 0, "{}: cannot be written: {}", path.string(), std::strerror(errno));
  ::fcntl(file, F_SETFL, 0);  // blocking from here on
  return file;
}

}  // namespace

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

OutputPlace open_output_place(fs::path path) {
  constexpr int kMostLinks = 40;
  for (int links = 0; is_symbolic_link(path); ++links) {
    require(links < kMostLinks, "{}: links that lead to each other", path.string());
    if (const int own = descriptor_of(path); own >= 0) {  // its place in the file counts
      return {path, ::fcntl(own, F_DUPFD_CLOEXEC, 0)};
    }
    path = behind(path);
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) {
    return {path, -1};
  }
  require(!S_ISDIR(status.st_mode), "{}: it is a folder; give the name of a file", path.string());
  require(S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode),
          "{}: neither a file, a pipe nor a device such as /dev/null; choose another name",
          path.string());
  return {path, open_to_write(path)};
}

}  // namespace cance
