// Commands of the machine, for the probes of doctor.
#pragma once

#include <string>

namespace cance::cli {

/// Output of a shell command, both streams, trimmed; and whether it ended with 0.
struct CommandResult {
  std::string output;
  bool success = false;
};

[[nodiscard]] CommandResult run_command(const std::string& command);

}  // namespace cance::cli
