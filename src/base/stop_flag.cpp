#include "base/stop_flag.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction is POSIX

#include <array>
#include <atomic>

#include "base/error.hpp"

namespace cance {
namespace {

std::atomic<bool> stop_flag = false;  // set by signals, and by one lane for the others
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

void on_signal(int number) {
  if (number == SIGINT && stop_flag) {
    ::signal(SIGINT, SIG_DFL);
    ::raise(SIGINT);
  }
  stop_flag = true;
}

/// The frame of a signal goes to the stack of the code that it interrupts, and oneDNN's kernels of
/// matrix products point the stack register at numbers: handlers get a stack of their own.
void give_handlers_a_stack() {
  static std::array<std::byte, 1U << 16U> memory;
  stack_t stack{};
  const bool has_one =
      ::sigaltstack(nullptr, &stack) == 0 && (stack.ss_flags & SS_DISABLE) == 0;  // a sanitizer's
  if (!has_one) {
    stack = {.ss_sp = memory.data(), .ss_flags = 0, .ss_size = memory.size()};
    ::sigaltstack(&stack, nullptr);
  }
}

}  // namespace

void install_stop_handlers() {
  give_handlers_a_stack();
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  for (const int number : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) {
    ::sigaction(number, &action, nullptr);
  }
}

bool stop_requested() noexcept { return stop_flag; }
void set_stop_requested(bool value) noexcept { stop_flag = value; }

void throw_if_stop_requested() {
  if (stop_requested()) {
    throw Stopped("stopped on request");
  }
}

void stop_with_others() {
  set_stop_requested(true);
  throw_if_stop_requested();
}

}  // namespace cance
