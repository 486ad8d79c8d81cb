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

enum class Held { yes, no, unknown };

/// Whether a process writes the temporary file.
Held held(const fs::path& temporary) {
  const int file = ::open(temporary.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) {
    return Held::unknown;
  }
  const bool locked = ::flock(file, LOCK_EX | LOCK_NB) == 0;
  const Held answer = locked ? Held::no : errno == EWOULDBLOCK ? Held::yes : Held::unknown;
  ::close(file);
  return answer;
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

/// Removes the files of a folder that are left over. What cannot be looked at or removed stays: it
/// does no harm.
template <class Entries, class LeftOver>
void remove_files(const fs::path& folder, const LeftOver& left_over) {
  std::error_code error;
  for (Entries entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (left_over(entry->path())) {
      fs::remove(entry->path(), ignored);
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
  remove_files<fs::directory_iterator>(folder_of(target), [&](const fs::path& file) {
    if (!file.filename().string().starts_with(start) || !is_regular(file)) {
      return false;
    }
    const Held state = held(file);
    return (state == Held::no && is_of_this_machine(file)) || (state != Held::yes && is_old(file));
  });
}

void remove_left_overs(const fs::path& folder) {
  remove_files<fs::recursive_directory_iterator>(folder, [](const fs::path& file) {
    return is_of_this_machine(file) && is_regular(file) && held(file) == Held::no;
  });
}

}  // namespace cance
