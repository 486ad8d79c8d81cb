#include "base/leave.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "base/error.hpp"

namespace cance {

void leave(int code) {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    fmt::print(stderr, "cance: standard output cannot be written; is the disk full?\n");
    code = static_cast<int>(ExitCode::bad_input);
  }
  ::_exit(code);
}

}  // namespace cance
