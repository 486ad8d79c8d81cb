#include "cli/doctor/probes.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>

#include "base/build_info.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "cli/doctor/slurm_facts.hpp"
#include "cli/engine_program.hpp"
#include "hdf5/group.hpp"

namespace cance::cli {
namespace {

constexpr double kGib = 1024.0 * 1024.0 * 1024.0;

std::string first_line_of_file(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// A file of this process's control group (version 2), in its folder or, in containers, the root.
std::string control_group_line(const std::string& name) {
  const std::string entry = first_line_of_file("/proc/self/cgroup");
  const std::string own = entry.starts_with("0::") ? entry.substr(3) : "/";
  const std::string line = first_line_of_file("/sys/fs/cgroup" + own + "/" + name);
  return line.empty() ? first_line_of_file("/sys/fs/cgroup/" + name) : line;
}

/// The network file system that holds `path`, by the magic number of statfs(2), or nothing.
std::string network_file_system(const char* path) {
  struct statfs info {};
  if (::statfs(path, &info) != 0) {
    return "";
  }
  static const std::map<unsigned long, const char*> kNames{{0x6969UL, "NFS"},
                                                           {0x0BD00BD0UL, "Lustre"},
                                                           {0x47504653UL, "GPFS"},
                                                           {0x19830326UL, "BeeGFS"}};
  const auto name = kNames.find(static_cast<unsigned long>(info.f_type));
  return name == kNames.end() ? "" : name->second;
}

/// Cores a control group grants by its cpu.max ("200000 100000" is 2); 0 when it sets no limit.
double cores_of_quota(std::string_view cpu_max) {
  const auto words = split(cpu_max, ' ');
  const auto quota = parse_number<double>(words[0]);
  const auto period = words.size() > 1 ? parse_number<double>(words[1]) : std::nullopt;
  return quota && period && *period > 0 ? *quota / *period : 0;
}

}  // namespace

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

Finding probe_build() {
  const BuildInfo build = build_info();
  return {Mark::ok, "cance",
          fmt::format("{}, commit {}, {}, {}", build.version, build.git_commit, build.build_type,
                      build.compiler),
          ""};
}

Finding probe_cores() {
  const int cores = usable_cores();
  const double quota = cores_of_quota(control_group_line("cpu.max"));
  if (quota > 0 && quota < cores) {
    return {Mark::note, "cores",
            fmt::format("{} visible, {:.1f} granted by the control group", cores, quota),
            fmt::format("use at most {} ranks x threads", quota < 1 ? 1 : static_cast<int>(quota))};
  }
  return {Mark::ok, "cores", fmt::format("{} usable", cores), ""};
}

Finding probe_memory() {
  const double total = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) *
                       static_cast<double>(::sysconf(_SC_PAGE_SIZE));
  const double limit = parse_number<double>(control_group_line("memory.max")).value_or(total);
  const double usable = std::min(total, limit);
  const bool little = usable < 2 * kGib;
  return {little ? Mark::note : Mark::ok, "memory", fmt::format("{:.1f} GiB", usable / kGib),
          little ? "a rank needs about 1 GiB: start few" : ""};
}

Finding probe_engine() {
  const auto engine = engine_path();
  if (!std::filesystem::exists(engine)) {
    return {Mark::missing, "cance-engine", fmt::format("not at {}", engine.string()),
            "build it with launch/setup.sh, or put both programs into one folder"};
  }
  const CommandResult version = run_command(fmt::format("'{}' --version", engine.string()));
  if (!version.success) {
    return {Mark::missing, "cance-engine", version.output,
            "the library named is gone or moved since the build: run launch/setup.sh again, or set "
            "LD_LIBRARY_PATH"};
  }
  return {Mark::ok, "cance-engine", join(split(version.output, '\n'), "; "), ""};
}

Finding probe_mpirun() {
  const CommandResult version = run_command("mpirun --version");
  if (!version.success) {
    return {Mark::note, "mpirun", "not on the PATH: runs use one rank",
            "Debian: apt-get install openmpi-bin; on a cluster: module load an MPI, or use srun"};
  }
  return {Mark::ok, "mpirun", first_line(version.output), ""};
}

Finding probe_hdf5() { return {Mark::ok, "HDF5", hdf5::library_version(), ""}; }

Finding probe_threads() {
  const std::string threads = variable("OMP_NUM_THREADS");
  const int cores = usable_cores();
  if (threads.empty()) {
    return {Mark::note, "OMP_NUM_THREADS", "not set",
            "under mpirun or srun set it to cores / ranks (launch/local.sh sets 1)"};
  }
  const bool many = parse_number<double>(split(threads, ',').front()).value_or(1) > cores;
  return {many ? Mark::note : Mark::ok, "OMP_NUM_THREADS", threads,
          many ? fmt::format("only {} cores are usable: set it lower", cores) : ""};
}

Finding probe_folder(const std::string& folder) {
  struct statvfs space {};
  std::error_code failed;
  const std::string here = std::filesystem::absolute(folder, failed).string();
  if (failed || ::access(folder.c_str(), W_OK) != 0 || ::statvfs(folder.c_str(), &space) != 0) {
    return {Mark::note, "folder", here + " cannot be written", "give --out a folder of yours"};
  }
  const double free =
      static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize) / kGib;
  const std::string network = network_file_system(folder.c_str());
  const std::string locking = variable("HDF5_USE_FILE_LOCKING");
  Finding finding{
      Mark::ok, "folder",
      fmt::format("{}: {:.1f} GiB free{}{}", here, free, network.empty() ? "" : ", on ", network),
      ""};
  if (free < 1) {
    finding = {Mark::note, finding.what, finding.value,
               "a grid of 50 cells takes up to 1 GiB: free some space"};
  } else if (!network.empty() && locking != "FALSE") {
    finding = {Mark::note, finding.what,
               finding.value + ", HDF5_USE_FILE_LOCKING " + (locking.empty() ? "not set" : locking),
               "if opening files fails there: export HDF5_USE_FILE_LOCKING=FALSE (no file has two "
               "writers)"};
  }
  return finding;
}

}  // namespace cance::cli
