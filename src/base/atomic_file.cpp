#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <fstream>
#include <span>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/output_place.hpp"
#include "base/temporary_file.hpp"
#include "base/write_all.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

/// Error where a system call's `result` is negative.
void check_call(std::int64_t result, const fs::path& path, const char* what) {
  require(result >= 0, "{}: {}: {}", path.string(), what, std::strerror(errno));
}

void sync_folder(const fs::path& target) {
  const fs::path folder = folder_of(target);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  check_call(descriptor, folder, "cannot be opened for syncing");
  const int status = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  // Some file systems do not sync folders; that is not a loss of data.
  require(status == 0 || error == EINVAL, "{}: cannot be written to the disk: {}", folder.string(),
          std::strerror(error));
}

/// Holds the lock of the file that lies at a path now, so that writers who are about to replace it
/// wait for each other. On a file system without locks it holds nothing.
class FileLock {
 public:
  explicit FileLock(const fs::path& path) : file_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    while (file_ >= 0 && ::flock(file_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FileLock() {
    if (file_ >= 0) {
      ::close(file_);
    }
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int file_;
};

/// Writes the temporary file.
void fill(const AtomicFile& file, std::string_view text) {
  std::ofstream out(file.temporary(), std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  require(out.good(), "{}: writing {} bytes failed ({}); is the disk full?", file.target().string(),
          text.size(), std::strerror(errno));
}

/// Renames a file unless the new name is taken by now, in one step where the file system can: a
/// writer that is killed leaves one name. Elsewhere (NFS) by a link, which fails alike where there
/// is a target. On failure `errno` says why; EEXIST: taken.
bool move_to_free_name(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    return true;
  }
  if (errno == EEXIST || ::link(from.c_str(), to.c_str()) != 0) {
    return false;
  }
  ::unlink(from.c_str());
  return true;
}

}  // namespace

AtomicFile::AtomicFile(fs::path target) : target_(std::move(target)) {
  auto place = open_output_place(target_);
  in_place_ = place.in_place;
  if (in_place_ >= 0) {
    make_temporary(fs::temp_directory_path() / "cance");
    return;
  }
  target_ = std::move(place.path);
  std::error_code error;
  const fs::path folder = folder_of(target_);
  fs::create_directories(folder, error);
  require(!error, "{}: the folder cannot be made: {}", folder.string(), error.message());
  const bool writable = ::access(folder.c_str(), W_OK) == 0;
  require(writable, "{}: the folder cannot be written: {}", folder.string(), std::strerror(errno));
  make_temporary(target_);
}

void AtomicFile::make_temporary(const fs::path& start) {
  remove_left_overs_of(start);
  auto made = make_temporary_file(start);
  file_ = made.descriptor;
  name_ = std::move(made.name);
}

AtomicFile::~AtomicFile() {
  if (!name_.empty()) {
    std::error_code ignored;
    fs::remove(name_, ignored);
  }
  for (const int descriptor : {file_, in_place_}) {
    if (descriptor >= 0) {
      ::close(descriptor);
    }
  }
}

fs::path AtomicFile::temporary() const { return fmt::format("/proc/self/fd/{}", file_); }

void AtomicFile::require_own_name() const {
  struct stat named {};
  struct stat own {};
  require(::lstat(name_.c_str(), &named) == 0 && ::fstat(file_, &own) == 0 &&
              named.st_ino == own.st_ino && named.st_dev == own.st_dev,
          "{}: not written: its temporary file {} was removed or replaced meanwhile",
          target_.string(), name_.filename().string());
}

/// Afterwards others may lock the new target.
void AtomicFile::written() {
  name_.clear();
  ::close(std::exchange(file_, -1));
}

void AtomicFile::copy_in_place() const {
  std::array<char, 1U << 16U> block{};
  off_t place = 0;
  for (ssize_t count = 0; (count = ::pread(file_, block.data(), block.size(), place)) != 0;
       place += count) {
    check_call(count, target_, "the temporary file cannot be read");
    const auto bytes = std::as_bytes(std::span(block).first(static_cast<std::size_t>(count)));
    check_call(write_all(in_place_, bytes) ? 0 : -1, target_, "cannot be written");
  }
}

void AtomicFile::commit(bool durable) {
  if (in_place_ >= 0) {
    copy_in_place();
    return;
  }
  if (durable) {
    check_call(::fsync(file_), target_, "cannot be written to the disk");
  }
  require_own_name();
  check_call(::rename(name_.c_str(), target_.c_str()), target_, "cannot be renamed into place");
  written();
  if (durable) {
    sync_folder(target_);
  }
}

bool AtomicFile::commit_over(const std::function<bool()>& known) {
  if (known || in_place_ >= 0) {
    const FileLock lock(in_place_ >= 0 ? fs::path() : target_);
    if (known && !known()) {
      return false;
    }
    commit();
    return true;
  }
  check_call(::fsync(file_), target_, "cannot be written to the disk");
  require_own_name();
  if (move_to_free_name(name_, target_)) {
    written();
    sync_folder(target_);
    return true;
  }
  if (errno == EEXIST || fs::exists(target_)) {
    return false;
  }
  commit();  // a file system with neither such a renaming nor links
  return true;
}

void write_text_file(const fs::path& target, std::string_view text, bool durable) {
  AtomicFile file(target);
  fill(file, text);
  file.commit(durable);
}

void write_text_files(const std::vector<TextFile>& files) {
  std::deque<AtomicFile> written;
  for (const TextFile& file : files) {
    fill(written.emplace_back(file.target), file.text);
  }
  for (AtomicFile& file : written) {
    file.commit();
  }
}

std::string read_text_file(const fs::path& path, std::uintmax_t limit) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  require(!error, "{}: cannot be read: {}", path.string(), error.message());
  require(size <= limit, "{}: {} bytes, more than the {} expected at most", path.string(), size,
          limit);
  std::ifstream in(path, std::ios::binary);
  std::string text(size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  require(in.good() || (in.eof() && size == 0), "{}: cannot be read: {}", path.string(),
          std::strerror(errno));
  return text;
}

}  // namespace cance
