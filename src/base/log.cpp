#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/terminal.hpp"

namespace cance::log {

void configure(Level level, std::string_view prefix) {
  auto logger =
      std::make_shared<spdlog::logger>("cance", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  const std::string rank = prefix.empty() ? "" : fmt::format("{}: ", prefix);
  logger->set_pattern((terminal ? "" : "%Y-%m-%d %H:%M:%S ") + rank + "%v");
  logger->set_level(level == Level::quiet ? spdlog::level::warn : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void write(std::string_view level, std::string_view text) {
  const std::string message = with_visible_breaks(text);
  if (level == "warning") {
    spdlog::warn("warning: {}", message);
  } else {
    spdlog::info(message);
  }
}

std::string duration_text(double seconds) {
  const auto total = static_cast<long>(std::lround(std::max(0.0, seconds)));
  if (total >= 3600) {
    return fmt::format("{} h {:02} min", total / 3600, total / 60 % 60);
  }
  if (total >= 60) {
    return fmt::format("{} min {:02} s", total / 60, total % 60);
  }
  return fmt::format("{} s", total);
}

namespace {
constexpr std::size_t kBar = 24;  // characters
}  // namespace

Progress::Progress(double total, std::string unit)
    : total_(total), unit_(std::move(unit)), terminal_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() { finish(); }

void Progress::update(double done, std::string_view note, int failed) {
  update(done, total_ > 0 ? done / total_ : 1, note, failed);
}

bool Progress::is_due(double done) const {
  const double since = std::chrono::duration<double>(Clock::now() - last_).count();
  return spdlog::should_log(spdlog::level::info) &&
         (done >= total_ || since >= (terminal_ ? 0.2 : 30.0));
}

void Progress::update(double done, double share, std::string_view note, int failed) {
  if (!is_due(done)) {
    return;
  }
  const auto now = Clock::now();
  const bool end = done >= total_;
  last_ = now;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double rate = elapsed > 0 ? done / elapsed : 0;
  const double whole = std::floor(done);
  std::string line = fmt::format("{:.0f} of {:.0f} {}", whole, total_, unit_);
  line += done > whole ? fmt::format(" ({:.1f} %)", 100 * share) : "";
  const bool tells = end || elapsed >= kBasis;
  if (rate > 0 && tells) {
    line += rate >= 1 ? fmt::format(", {:.3g}/s", rate) : fmt::format(", {:.3g}/min", rate * 60);
  }
  if (share > 0 && tells) {
    line += fmt::format(", {} left", duration_text(elapsed * (1 - share) / share));
  }
  line += failed > 0 ? fmt::format(", {} failed", failed) : "";
  line += note.empty() ? "" : fmt::format("  {}", note);
  if (terminal_) {
    const auto full = static_cast<std::size_t>(
        std::clamp(total_ > 0 ? std::max(share, done / total_) * kBar : 0, 0.0, 1.0 * kBar));
    line = "[" + std::string(full, '#') + std::string(kBar - full, '.') + "] " + line;
    // Around the stream, which shows commands to the terminal instead of sending them.
    constexpr std::string_view kBegin = "\r\x1b[K";
    std::fflush(stderr);
    open_line_ = ::write(STDERR_FILENO, kBegin.data(), kBegin.size()) > 0;
    fmt::print(stderr, "{}", line);
    std::fflush(stderr);
    open_line_ = true;
  } else {
    info("{}", line);
  }
}

void Progress::finish() {
  if (open_line_) {
    fmt::print(stderr, "\n");
    open_line_ = false;
  }
}

}  // namespace cance::log
