// Damage to HDF5 files, and reading them in a child process: without the checksum line the library
// itself faces the damage.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "base/random.hpp"

namespace cance::tests {

/// How many damaged inputs a test makes: `usual`, or what CANCE_MUTATIONS says.
inline int mutations(int usual) {
  const char* set = std::getenv("CANCE_MUTATIONS");
  return set != nullptr ? std::atoi(set) : usual;
}

/// Truncation for even trials, one flipped bit for odd ones; `what` says which.
inline std::string damaged(const std::string& good, int trial, std::string& what) {
  const Random random(7, Purpose::test, static_cast<std::uint64_t>(trial));
  const std::size_t place = random.below(good.size(), 0);
  std::string bytes = good;
  if (trial % 2 == 0) {
    bytes.resize(place);
    what = fmt::format("trial {}: truncated to {} bytes", trial, place);
  } else {
    const auto bit = static_cast<unsigned>(random.below(8, 1));
    bytes[place] = static_cast<char>(static_cast<unsigned char>(bytes[place]) ^ (1U << bit));
    what = fmt::format("trial {}: bit {} of byte {} flipped", trial, bit, place);
  }
  return bytes;
}

/// The file with zeros for its checksum line, as another tool would write it.
inline std::string without_seal(std::string bytes) {
  constexpr std::size_t kUserBlockBytes = 512;
  return bytes.replace(0, kUserBlockBytes, kUserBlockBytes, '\0');
}

/// What `outcome` (0 to 255) returns in a child process with 10 s and 2 GiB; a crash or a hang is
/// -signal.
template <class Call>
int in_child(Call outcome) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(10);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they map far more
    const rlimit limit{std::size_t{2} << 30U, std::size_t{2} << 30U};
    ::setrlimit(RLIMIT_AS, &limit);
#endif
    ::_exit(outcome());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace cance::tests
