// This process and others of this machine.
#pragma once

#include <string>

namespace cance {

/// Whether a process of this machine is there and not a zombie, which nobody has waited for.
[[nodiscard]] bool is_running(int process);
/// Whether it is there, but stopped (SIGSTOP) until somebody lets it go on.
[[nodiscard]] bool is_suspended(int process);
/// Where process ids count: the running kernel, and the container (name space) on it.
[[nodiscard]] std::string process_space();
/// Whether a process of that space was of this one and has ended; false where it may not be known.
[[nodiscard]] bool has_ended(int process, const std::string& space);
/// The running kernel: it knows of the locks of its processes, in whatever containers.
[[nodiscard]] const std::string& kernel_name();

/// Cores that this process may use.
[[nodiscard]] int usable_cores();

/// Whether a launcher (mpirun, srun with PMI) started this process as one of several.
[[nodiscard]] bool under_launcher();
/// Whether it says that they run on several machines.
[[nodiscard]] bool on_several_machines();

/// Opens those of the descriptors 0 to 2 that are closed, so that no file of data gets one of them,
/// into which messages would go. Standard error then goes nowhere; the other two fail when used, as
/// if closed. From main, before anything is opened.
void open_standard_descriptors();

}  // namespace cance
