#include "base/process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace cance {
namespace {

/// As in /proc: 'R' running, 'S' sleeping, 'T' stopped, 'Z' zombie; ' ' where that is not known.
char state_of(int process) {
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(stat, line);
  const std::size_t name_end = line.rfind(')');  // "PID (NAME) STATE ..."
  return name_end != std::string::npos && name_end + 2 < line.size() ? line[name_end + 2] : ' ';
}

}  // namespace

bool is_running(int process) {
  return (::kill(process, 0) == 0 || errno != ESRCH) && state_of(process) != 'Z';
}

bool is_suspended(int process) { return state_of(process) == 'T'; }

bool has_ended(int process, const std::string& space) {
  return process > 0 && space == process_space() && !is_running(process);
}

const std::string& kernel_name() {
  static const std::string name = [] {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id.substr(0, id.find('-'));
  }();
  return name;
}

std::string process_space() {
  std::error_code error;
  return kernel_name() + " " + std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
}

int usable_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  return ::sched_getaffinity(0, sizeof mask, &mask) == 0
             ? CPU_COUNT(&mask)
             : static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
}

bool under_launcher() {
  constexpr std::array kNames{"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"};
  return std::ranges::any_of(kNames, [](const char* name) { return std::getenv(name) != nullptr; });
}

bool on_several_machines() {
  const auto value = [](const char* name) {
    const char* const text = std::getenv(name);
    return text == nullptr ? std::string() : std::string(text);
  };
  const std::string nodes = value("SLURM_STEP_NUM_NODES");
  return value("OMPI_COMM_WORLD_LOCAL_SIZE") != value("OMPI_COMM_WORLD_SIZE") ||
         (!nodes.empty() && nodes != "1");
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
