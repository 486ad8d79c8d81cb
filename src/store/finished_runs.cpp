#include "store/finished_runs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <system_error>
#include <utility>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "store/run_directory.hpp"

namespace cance::store {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 28U;

/// Beside folders of data sets, none of which may be called so.
fs::path list_path(const fs::path& runs) { return runs / "running" / "finished.list"; }

/// Size, place and times of a file, which change with it; nothing of what is no file.
std::string state_of(const fs::path& file) {
  struct stat s {};
  if (::stat(file.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) {
    return {};
  }
  return fmt::format("{} {} {}.{:09} {}.{:09}", s.st_size, s.st_ino, s.st_mtim.tv_sec,
                     s.st_mtim.tv_nsec, s.st_ctim.tv_sec, s.st_ctim.tv_nsec);
}

}  // namespace

FinishedRuns::FinishedRuns(fs::path runs) : runs_(std::move(runs)) {
  std::error_code error;
  if (!fs::is_regular_file(list_path(runs_), error)) {
    return;
  }
  try {
    for (const std::string& line : split(read_text_file(list_path(runs_), kMostBytes), '\n')) {
      const auto tab = line.find('\t');
      if (tab != std::string::npos) {
        lines_[line.substr(0, tab)] = line.substr(tab + 1);
      }
    }
  } catch (const Error&) {  // every run file is opened
  }
}

std::optional<FinishedRun> FinishedRuns::find(const std::string& cell) const {
  const auto known = lines_.find(cell);
  if (known == lines_.end()) {
    return std::nullopt;
  }
  const auto fields = split(known->second, '\t');
  const auto seconds = parse_number<double>(fields.back());
  if (fields.size() != 4 || !seconds || !std::isfinite(*seconds) || *seconds < 0 ||
      fields[0].empty() || fields[0] != run_state(runs_, cell)) {
    return std::nullopt;
  }
  return FinishedRun{fields[1], fields[2], *seconds};
}

std::string run_state(const fs::path& runs, const std::string& cell) {
  return state_of(run_path(runs, cell));
}

void note_finished(const fs::path& runs, const std::string& cell, const FinishedRun& run,
                   const std::string& state) {
  const std::string line = fmt::format("{}\t{}\t{}\t{}\t{}\n", cell, state, run.config_hash,
                                       run.dataset_sha256, run.seconds);
  std::error_code error;
  fs::create_directories(list_path(runs).parent_path(), error);
  // One write, so that lines of several ranks do not mix.
  const int file =
      ::open(list_path(runs).c_str(),
             O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (file >= 0) {
    [[maybe_unused]] const auto written = ::write(file, line.data(), line.size());
    ::close(file);
  }
}

}  // namespace cance::store
