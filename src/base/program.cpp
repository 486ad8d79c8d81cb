#include "base/program.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "base/error.hpp"
#include "base/process.hpp"
#include "base/processor.hpp"
#include "base/terminal.hpp"

namespace cance {

void begin_program() {
  check_processor();
  open_standard_descriptors();
  show_controls_in_output();
}

void require_output_written() {
  require(std::fflush(stdout) == 0 && std::ferror(stdout) == 0,
          "standard output cannot be written; is the disk full?");
}

void leave(int code) {
  try {
    require_output_written();
  } catch (const Error& error) {
    fmt::print(stderr, "cance: {}\n", with_visible_breaks(error.what()));
    code = static_cast<int>(error.code());
  }
  ::_exit(code);
}

}  // namespace cance
