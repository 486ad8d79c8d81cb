// What `cance doctor` looks at. A probe never throws: what it cannot find out is a finding too.
#pragma once

#include <string>
#include <vector>

#include "cli/doctor/finding.hpp"

namespace cance::cli {

/// Output of a shell command, both streams, trimmed; and whether it ended with 0.
struct CommandResult {
  std::string output;
  bool success = false;
};
[[nodiscard]] CommandResult run_command(const std::string& command);

[[nodiscard]] Finding probe_build();
/// Cores of the affinity mask and of the control group; memory of the machine and of the group.
[[nodiscard]] Finding probe_cores();
[[nodiscard]] Finding probe_memory();
/// cance-engine beside this program, by --version: its libraries load, or which does not.
[[nodiscard]] Finding probe_engine();
[[nodiscard]] Finding probe_mpirun();
[[nodiscard]] Finding probe_mpi_library();
[[nodiscard]] Finding probe_hdf5();
/// The driver library, opened at run time, its devices, and what the engine says of the first.
[[nodiscard]] Finding probe_cuda();
[[nodiscard]] Finding probe_nccl();
[[nodiscard]] Finding probe_threads();
/// Space and kind of file system of the folder where runs will lie.
[[nodiscard]] Finding probe_folder(const std::string& folder);
/// Whether a file there can be locked (HDF5 does it) and renamed (every finished run is).
[[nodiscard]] Finding probe_locking(const std::string& folder);
[[nodiscard]] Finding probe_locale();
/// Processes on the GPUs of this machine; empty where there are none.
[[nodiscard]] std::vector<Finding> probe_gpu_users();
/// The allocation around this process and the settings of the site's Slurm; empty without Slurm.
[[nodiscard]] std::vector<Finding> probe_slurm();

}  // namespace cance::cli
