// Messages and progress, both on standard error; standard output belongs to results.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>

namespace cance::log {

enum class Level { quiet, normal };

/// Sets what is shown and a prefix for every line (for example "rank 1"). From main, before
/// other threads write; the last call counts.
void configure(Level level, std::string_view prefix = "");

void write(std::string_view level, std::string_view message);

template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write("info", fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  write("warning", fmt::format(format, std::forward<Args>(args)...));
}

/// Progress of counted work: one rewritten line on a terminal, elsewhere a line now and then.
class Progress {
 public:
  /// Seconds of work, before which nothing is said of the time left.
  static constexpr double kBasis = 5;

  /// `total` units of work called `unit`, for example (50, "cells").
  Progress(double total, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of total; `note` is shown behind rate and time left, of which nothing is said in the
  /// first seconds. `failed` counts failures so far.
  void update(double done, std::string_view note = "", int failed = 0);
  /// The same where `share` of the work is done, which another part of the units may be.
  void update(double done, double share, std::string_view note, int failed);
  /// Whether an update of `done` would be shown now: what it takes to make one can be spared.
  [[nodiscard]] bool is_due(double done) const;
  /// Ends the line.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  double total_;
  std::string unit_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_;
  bool terminal_;
  bool open_line_ = false;
};

/// "1 h 02 min", "3 min 05 s", "12 s".
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace cance::log
