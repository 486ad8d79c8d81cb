#include "base/process.hpp"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX

#include <array>
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

void open_standard_descriptors() {
  constexpr std::array kModes = {O_WRONLY, O_RDONLY, O_WRONLY};  // by descriptor
  for (std::size_t i = 0; i < kModes.size(); ++i) {
    if (::fcntl(static_cast<int>(i), F_GETFD) < 0 && errno == EBADF) {
      static_cast<void>(::open("/dev/null", kModes[i]));  // the lowest free one, i
    }
  }
}

}  // namespace cance
