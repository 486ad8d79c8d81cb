#include "base/stop_flag.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction is POSIX

#include <csignal>

#include "base/error.hpp"

namespace cance {
namespace {

volatile std::sig_atomic_t stop_flag = 0;

void on_signal(int number) {
  if (number == SIGINT && stop_flag != 0) {
    ::signal(SIGINT, SIG_DFL);
    ::raise(SIGINT);
  }
  stop_flag = 1;
}

}  // namespace

void install_stop_handlers() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) {
    ::sigaction(number, &action, nullptr);
  }
}

bool stop_requested() noexcept { return stop_flag != 0; }
void set_stop_requested(bool value) noexcept { stop_flag = value ? 1 : 0; }

void throw_if_stop_requested() {
  if (stop_requested()) {
    throw Stopped("stopped on request");
  }
}

}  // namespace cance
