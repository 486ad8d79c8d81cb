// The one error type. Wrong input throws Error; a broken invariant of ours is an assert.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace cance {

/// Exit codes of the program; scripts and schedulers rely on them.
enum class ExitCode : int {
  done = 0,
  some_failed = 1,  ///< some cells failed, the rest is complete
  bad_input = 2,    ///< wrong use or bad input
  stopped = 75      ///< stopped on request, or a device or rank was lost; resumable (EX_TEMPFAIL)
};

/// What, where, expected, what to do, in one line.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ExitCode code = ExitCode::bad_input)
      : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

/// Thrown at a safe point after a stop was requested (stop_flag.hpp).
class Stopped : public Error {
 public:
  explicit Stopped(const std::string& message) : Error(message, ExitCode::stopped) {}
};

/// This process can do nothing more, and a new one can go on from the checkpoints (exit code
/// `stopped`). Not an Error: no cell is to blame.
class ProcessLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...));
}

/// Throws Error unless `condition`. The message is formatted only on failure.
template <class... Args>
void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) [[unlikely]] {
    throw Error(fmt::format(format, std::forward<Args>(args)...));
  }
}

}  // namespace cance
