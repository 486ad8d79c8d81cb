// The probes that matter on a cluster: the allocation, the site's Slurm, who uses the GPUs, the
// locale, and whether the folder of the runs takes locks and renames.
#include <fcntl.h>
#include <fmt/format.h>
#include <locale.h>  // NOLINT(modernize-deprecated-headers): newlocale is POSIX
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/build_info.hpp"
#include "base/text.hpp"
#include "cli/doctor/probes.hpp"
#include "cli/doctor/slurm_facts.hpp"

namespace cance::cli {
namespace {

Finding probe_allocation() {
  std::string value = "job " + variable("SLURM_JOB_ID");
  for (const char* name :
       {"SLURM_JOB_NODELIST", "SLURM_NTASKS", "SLURM_CPUS_PER_TASK", "SLURM_GPUS_ON_NODE"}) {
    if (!variable(name).empty()) {
      value += fmt::format(", {}={}", name, variable(name));
    }
  }
  return {Mark::ok, "Slurm", value, ""};
}

/// What fails when the file is locked, written and renamed; empty when nothing does.
std::string lock_and_rename(const std::string& file) {
  const int handle = ::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (handle < 0) {
    return fmt::format("cannot make a file: {}", std::strerror(errno));
  }
  std::string failure;
  if (::flock(handle, LOCK_EX | LOCK_NB) != 0) {
    failure = fmt::format("flock: {}", std::strerror(errno));
  }
  ::close(handle);
  std::error_code error;
  std::filesystem::rename(file, file + ".renamed", error);
  if (error) {
    failure += fmt::format("{}rename: {}", failure.empty() ? "" : "; ", error.message());
  }
  std::filesystem::remove(file, error);
  std::filesystem::remove(file + ".renamed", error);
  return failure;
}

}  // namespace

Finding probe_locking(const std::string& folder) {
  const std::string file = fmt::format("{}/.cance-doctor-{}-{}", folder, host_name(), ::getpid());
  const std::string failure = lock_and_rename(file);
  const std::string locking = variable("HDF5_USE_FILE_LOCKING");
  if (failure.empty()) {
    return {Mark::ok, "file locking", "locks and renames work in the folder", ""};
  }
  const bool only_lock = failure.starts_with("flock") && failure.find(';') == std::string::npos;
  if (only_lock && locking == "FALSE") {
    return {Mark::ok, "file locking", failure + ", and HDF5_USE_FILE_LOCKING=FALSE", ""};
  }
  return {Mark::note, "file locking", failure,
          only_lock
              ? "export HDF5_USE_FILE_LOCKING=FALSE in the site file (no file has two writers)"
              : "give --out a folder on another file system"};
}

Finding probe_locale() {
  locale_t locale = ::newlocale(LC_ALL_MASK, "", nullptr);
  const std::string all = variable("LC_ALL").empty() ? variable("LANG") : variable("LC_ALL");
  if (locale == nullptr) {
    return {Mark::note, "locale", fmt::format("'{}' is not installed here", all),
            "export LC_ALL=C.UTF-8, in the site file for jobs"};
  }
  ::freelocale(locale);
  return {Mark::ok, "locale", all.empty() ? "C" : all, ""};
}

std::vector<Finding> probe_gpu_users() {
  const CommandResult users = run_command(
      "command -v nvidia-smi >/dev/null && timeout 10 nvidia-smi "
      "--query-compute-apps=gpu_bus_id,pid,process_name,used_memory --format=csv,noheader");
  if (!users.success || users.output.empty()) {
    return {};
  }
  return {{Mark::note, "GPU users", join(split(users.output, '\n'), "; "),
           "GPUs that others use are slower and may run out of memory"}};
}

std::vector<Finding> probe_slurm() {
  std::vector<Finding> findings;
  if (!variable("SLURM_JOB_ID").empty()) {
    findings.push_back(probe_allocation());
    findings.push_back(judge_ranks(variable));
    findings.push_back(judge_gpus(variable));
  }
  const CommandResult kinds = run_command("timeout 10 srun --mpi=list");
  if (kinds.success) {
    findings.push_back(judge_mpi_list(kinds.output));
  }
  const CommandResult config = run_command("timeout 10 scontrol show config");
  if (config.success) {
    findings.push_back(judge_slurm_config(read_slurm_config(config.output)));
  }
  return findings;
}

}  // namespace cance::cli
