// Other processes of this machine.
#pragma once

namespace cance {

/// Whether a process of this machine is there and not a zombie, which nobody has waited for.
[[nodiscard]] bool is_running(int process);

}  // namespace cance
