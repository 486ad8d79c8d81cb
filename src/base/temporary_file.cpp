#include "base/temporary_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "base/error.hpp"
#include "base/output_place.hpp"
#include "base/process.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

/// Between the name of the target and a random word.
std::string mark() { return ".tmp." + kernel_name() + "."; }

bool is_of_this_machine(const fs::path& temporary) {
  return temporary.filename().string().find(mark()) != std::string::npos;
}

bool is_regular(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::regular;
}

bool is_old(const fs::path& path) {
  std::error_code error;
  const auto touched = fs::last_write_time(path, error);
  return !error && fs::file_time_type::clock::now() - touched > std::chrono::hours(24);
}

/// Removes a temporary file of this machine that no process writes; `old_too`: also one of a day
/// ago whose writer cannot be asked. It is removed under its lock: one that has just been made
/// waits for that, and is then made again. What cannot be looked at or removed stays, harmless.
void remove_left_over(const fs::path& temporary, bool old_too) {
  const int file = ::open(temporary.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  const bool locked = file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0;
  const bool written = file >= 0 && !locked && errno == EWOULDBLOCK;
  if ((locked && is_of_this_machine(temporary)) || (old_too && !written && is_old(temporary))) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
  }
  if (file >= 0) {
    ::close(file);
  }
}

/// Those of a folder that `may_be` takes for temporary files.
template <class Entries, class MayBe>
void remove_files(const fs::path& folder, const MayBe& may_be, bool old_too) {
  std::error_code error;
  for (Entries entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (may_be(entry->path()) && is_regular(entry->path())) {
      remove_left_over(entry->path(), old_too);
    }
  }
}

}  // namespace

std::string random_word() {
  std::uint64_t word = 0;
  require(::getrandom(&word, sizeof word, 0) == sizeof word, "no random numbers: {}",
          std::strerror(errno));
  return fmt::format("{:016x}", word);
}

TemporaryFile make_temporary_file(const fs::path& start) {
  for (;;) {
    const fs::path name = start.string() + mark() + random_word();
    const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    require(file >= 0 || errno == EEXIST, "{}: cannot be made: {}", name.string(),
            std::strerror(errno));
    struct stat status {};
    // Without locks it stays as it is. One who looked for left-overs may have removed it before.
    if (file >= 0 &&
        (::flock(file, LOCK_EX) != 0 || ::fstat(file, &status) != 0 || status.st_nlink > 0)) {
      return {file, name};
    }
    if (file >= 0) {
      ::close(file);
    }
  }
}

void remove_left_overs_of(const fs::path& target) {
  const std::string start = target.filename().string() + ".tmp.";
  const auto may_be = [&start](const fs::path& file) {
    return file.filename().string().starts_with(start);
  };
  remove_files<fs::directory_iterator>(folder_of(target), may_be, /*old_too=*/true);
}

void remove_left_overs(const fs::path& folder) {
  remove_files<fs::recursive_directory_iterator>(folder, is_of_this_machine, /*old_too=*/false);
}

}  // namespace cance
