#include "base/isolated.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <span>

#include "base/error.hpp"
#include "base/write_all.hpp"

namespace cance {
namespace {

enum Outcome : int { kDone = 0, kRefused = 3, kNoMemory = 4, kOther = 5 };

/// What the child has to say.
void send(int pipe, std::span<const std::byte> bytes) {
  if (!write_all(pipe, bytes)) {
    ::_exit(kOther);
  }
}

/// Bytes that this process holds as data, for a limit above them; 0 where the system does not say.
std::uintmax_t held_bytes() {
  std::array<char, 128> text{};
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return 0;
  }
  const ssize_t got = ::read(file, text.data(), text.size() - 1);
  ::close(file);
  unsigned long pages = 0;
  const bool read = got > 0 && std::sscanf(text.data(), "%*u %*u %*u %*u %*u %lu", &pages) == 1;
  return read ? std::uintmax_t{pages} * static_cast<std::uintmax_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

void lower(decltype(RLIMIT_DATA) what, std::uintmax_t value) {
  rlimit limit{};
  ::getrlimit(what, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, value);
  ::setrlimit(what, &limit);
}

[[noreturn]] void be_child(int pipe, const ChildLimits& limits,
                           const std::function<std::vector<std::uint8_t>()>& work) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(signal, SIG_DFL);
  }
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDERR_FILENO);
  lower(RLIMIT_CORE, 0);
  lower(RLIMIT_CPU, limits.cpu_seconds);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they map far more
  lower(RLIMIT_DATA, held_bytes() + limits.memory_bytes);
#endif
  int outcome = kDone;
  try {
    const std::vector<std::uint8_t> bytes = work();
    send(pipe, std::as_bytes(std::span(bytes)));
  } catch (const Error& error) {
    outcome = kRefused;
    send(pipe, std::as_bytes(std::span(error.what(), std::strlen(error.what()))));
  } catch (const std::bad_alloc&) {
    outcome = kNoMemory;
  } catch (...) {
    outcome = kOther;
  }
  ::_exit(outcome);
}

std::vector<std::uint8_t> read_all(int descriptor) {
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> block(std::size_t{1} << 16U);
  for (;;) {
    const ssize_t got = ::read(descriptor, block.data(), block.size());
    if (got > 0) {
      bytes.insert(bytes.end(), block.begin(), block.begin() + got);
    } else if (got == 0 || errno != EINTR) {
      return bytes;
    }
  }
}

}  // namespace

std::vector<std::uint8_t> run_isolated(const std::string& what, const ChildLimits& limits,
                                       const std::function<std::vector<std::uint8_t>()>& work) {
  std::array<int, 2> ends{};
  const bool piped = ::pipe2(ends.data(), O_CLOEXEC) == 0;  // first, as arguments have no order
  require(piped, "{}: no pipe: {}", what, std::strerror(errno));
  const pid_t child = ::fork();
  if (child == 0) {
    be_child(ends[1], limits, work);
  }
  const int reason = errno;
  ::close(ends[1]);
  std::vector<std::uint8_t> bytes;
  if (child > 0) {
    bytes = read_all(ends[0]);
  }
  ::close(ends[0]);
  require(child > 0, "{}: no child process: {}", what, std::strerror(reason));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  require(WIFEXITED(status), "{}: damaged: its reader crashed or ran too long ({})", what,
          strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) == kRefused) {
    throw Error(std::string(bytes.begin(), bytes.end()));
  }
  require(WEXITSTATUS(status) == kDone, "{}: damaged: its reader asked for too much memory", what);
  return bytes;
}

}  // namespace cance
