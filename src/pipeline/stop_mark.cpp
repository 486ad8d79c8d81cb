#include "pipeline/stop_mark.hpp"

#include <unistd.h>

#include "base/atomic_file.hpp"
#include "base/build_info.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "base/stop_flag.hpp"
#include "base/temporary_file.hpp"
#include "base/text.hpp"
#include "comm/communicator.hpp"

namespace cance::pipeline {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kBegin = "stopped on request, ";

constexpr std::string_view kWriter = "process ";
constexpr std::string_view kIn = " in ";

/// "process ID in SPACE", by which an old mark is known.
std::string writer_text() {
  return fmt::format("{}{}{}{}", kWriter, ::getpid(), kIn, process_space());
}

/// Whether its writer was a process of this machine that has ended.
bool is_old(const std::string& mark) {
  const auto begin = mark.find(kWriter);
  const auto middle = mark.find(kIn, begin);
  if (begin == std::string::npos || middle == std::string::npos) {
    return false;
  }
  const auto first = begin + kWriter.size();
  const auto process = parse_number<int>(mark.substr(first, middle - first));
  return process && has_ended(*process, trim(mark.substr(middle + kIn.size())));
}

bool is_mark(const fs::path& path) {
  constexpr std::uintmax_t kMostBytes = 1024;
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::regular &&
         fs::file_size(path, error) <= kMostBytes && read_text_file(path).starts_with(kBegin);
}

}  // namespace

fs::path stop_mark_path(const std::string& named, const fs::path& folder,
                        comm::Communicator& communicator) {
  if (!named.empty()) {
    return named;
  }
  const std::string own = communicator.rank() == 0 ? random_word() : "";
  const auto word = communicator.all_gather(std::span<const char>(own));
  return folder / ("stopped." + std::string(word.begin(), word.end()));
}

void clear_old_marks(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with("stopped.") && is_mark(entry.path()) &&
        is_old(read_text_file(entry.path()))) {
      fs::remove(entry.path(), error);
    }
  }
}

void StopMark::clear() const {
  std::error_code error;
  if (fs::symlink_status(path_, error).type() == fs::file_type::not_found) {
    return;
  }
  require(is_mark(path_),
          "{}: no mark that a stopped launch left; give another name for --stop-mark, or remove it",
          path_.string());
  fs::remove(path_, error);
  require(!error, "{}: cannot be removed: {}", path_.string(), error.message());
}

void StopMark::poll() {
  if (stop_requested()) {
    if (!written_) {
      written_ = true;
      try {
        write_text_file(
            path_, fmt::format("{}{} {}\n{}\n", kBegin, host_name(), utc_now(), writer_text()));
      } catch (const Error& error) {
        log::warn("the other ranks are not told to stop: {}", error.what());
      }
    }
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ >= std::chrono::seconds(1)) {
    last_ = now;
    std::error_code error;
    if (fs::exists(path_, error)) {
      written_ = true;
      set_stop_requested(true);
    }
  }
}

}  // namespace cance::pipeline
