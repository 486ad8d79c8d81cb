#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <deque>
#include <fstream>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

void sync_path(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  require(descriptor >= 0, "{}: cannot be opened for syncing: {}", path.string(),
          std::strerror(errno));
  const int status = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  // Some file systems do not sync folders; that is not a loss of data.
  require(status == 0 || error == EINVAL, "{}: cannot be written to the disk: {}", path.string(),
          std::strerror(error));
}

/// ".tmp.<host>.", before the process id.
std::string host_suffix() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format(".tmp.{}.", host.data());
}

/// Whether a temporary file is one of this machine, and the process that wrote it is gone.
bool is_of_dead_process(const std::string& name) {
  const std::string suffix = host_suffix();
  const std::size_t at = name.rfind(suffix);
  const auto process =
      at == std::string::npos ? std::nullopt : parse_number<int>(name.substr(at + suffix.size()));
  return process && *process > 0 && !is_running(*process);
}

/// Whether nobody writes the temporary file any more: its process is gone or, since other machines'
/// processes cannot be seen, it has not been touched for a day.
bool is_left_over(const fs::path& temporary) {
  const std::string name = temporary.filename().string();
  if (name.find(host_suffix()) != std::string::npos) {
    return is_of_dead_process(name);
  }
  std::error_code error;
  const auto touched = fs::last_write_time(temporary, error);
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

/// Writes the temporary file of `target`.
void fill(const AtomicFile& file, const fs::path& target, std::string_view text) {
  std::ofstream out(file.temporary(), std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  require(out.good(), "{}: writing {} bytes failed ({}); is the disk full?", target.string(),
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

AtomicFile::AtomicFile(fs::path target)
    : target_(std::move(target)),
      temporary_(target_.string() + host_suffix() + std::to_string(::getpid())) {
  std::error_code error;
  const fs::path folder = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
  fs::create_directories(folder, error);
  require(!error, "{}: the folder cannot be made: {}", folder.string(), error.message());
  const bool writable = ::access(folder.c_str(), W_OK) == 0;
  require(writable, "{}: the folder cannot be written: {}", folder.string(), std::strerror(errno));
  const std::string start = target_.filename().string() + ".tmp.";
  remove_files<fs::directory_iterator>(folder, [&](const fs::path& file) {
    return file.filename().string().starts_with(start) && is_left_over(file);
  });
}

AtomicFile::~AtomicFile() {
  if (!committed_) {
    std::error_code ignored;
    fs::remove(temporary_, ignored);
  }
}

void AtomicFile::commit() {
  sync_path(temporary_, O_RDONLY);
  std::error_code error;
  fs::rename(temporary_, target_, error);
  require(!error, "{}: cannot be renamed into place: {}", target_.string(), error.message());
  committed_ = true;
  sync_folder();
}

void AtomicFile::sync_folder() const {
  sync_path(target_.has_parent_path() ? target_.parent_path() : fs::path("."),
            O_RDONLY | O_DIRECTORY);
}

bool AtomicFile::commit_over(const std::function<bool()>& known) {
  if (known) {
    const FileLock lock(target_);
    if (!known()) {
      return false;
    }
    commit();
    return true;
  }
  sync_path(temporary_, O_RDONLY);
  if (move_to_free_name(temporary_, target_)) {
    committed_ = true;
    sync_folder();
    return true;
  }
  if (errno == EEXIST || fs::exists(target_)) {
    return false;
  }
  commit();  // a file system with neither such a renaming nor links
  return true;
}

void remove_left_overs(const fs::path& folder) {
  remove_files<fs::recursive_directory_iterator>(
      folder, [](const fs::path& file) { return is_of_dead_process(file.filename().string()); });
}

void write_text_file(const fs::path& target, std::string_view text) {
  AtomicFile file(target);
  fill(file, target, text);
  file.commit();
}

void write_text_files(const std::vector<TextFile>& files) {
  std::deque<AtomicFile> written;
  for (const TextFile& file : files) {
    fill(written.emplace_back(file.target), file.target, file.text);
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
