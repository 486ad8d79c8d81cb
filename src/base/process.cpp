#include "base/process.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX

#include <cerrno>
#include <fstream>
#include <string>

namespace cance {

bool is_running(int process) {
  if (::kill(process, 0) != 0 && errno == ESRCH) {
    return false;
  }
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(stat, line);
  const std::size_t name_end = line.rfind(')');  // "PID (NAME) STATE ..."
  return name_end == std::string::npos || line.compare(name_end, 3, ") Z") != 0;
}

}  // namespace cance
