// This process and others of this machine.
#pragma once

namespace cance {

/// Whether a process of this machine is there and not a zombie, which nobody has waited for.
[[nodiscard]] bool is_running(int process);

/// Opens those of the descriptors 0 to 2 that are closed, so that no file of data gets one of them,
/// into which messages would go. Standard error then goes nowhere; the other two fail when used, as
/// if closed. From main, before anything is opened.
void open_standard_descriptors();

}  // namespace cance
