#include "pipeline/stop_mark.hpp"

#include "base/atomic_file.hpp"
#include "base/build_info.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/stop_flag.hpp"
#include "base/temporary_file.hpp"
#include "comm/communicator.hpp"

namespace cance::pipeline {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kBegin = "stopped on request, ";

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
        write_text_file(path_, fmt::format("{}{} {}\n", kBegin, host_name(), utc_now()));
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
