#include "base/named_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"

namespace cance {

std::optional<NamedLock> NamedLock::try_lock(const std::filesystem::path& path) {
  std::error_code ignored;  // opening says what is wrong
  std::filesystem::create_directories(path.parent_path(), ignored);
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  require(file >= 0, "{}: cannot be opened: {}", path.string(), std::strerror(errno));
  NamedLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
    return lock;
  }
  require(errno == EWOULDBLOCK || errno == EINTR, "{}: its file system has no locks: {}",
          path.string(), std::strerror(errno));
  return std::nullopt;
}

NamedLock::NamedLock(NamedLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

NamedLock& NamedLock::operator=(NamedLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

NamedLock::~NamedLock() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

}  // namespace cance
