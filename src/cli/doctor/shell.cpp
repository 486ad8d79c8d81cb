#include "cli/doctor/shell.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "base/text.hpp"

namespace cance::cli {

CommandResult run_command(const std::string& command) {
  CommandResult result;
  FILE* pipe = ::popen((command + " 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) {
    return result;
  }
  std::array<char, 4096> block{};
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), pipe)) {
    result.output.append(block.data(), count);
  }
  const int status = ::pclose(pipe);
  result.success = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  result.output = trim(result.output);
  return result;
}

}  // namespace cance::cli
