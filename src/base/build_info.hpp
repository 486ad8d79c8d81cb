// What this program was built from, for run files and `cance doctor`.
#pragma once

#include <string>

namespace cance {

struct BuildInfo {
  std::string version;     ///< of cance, for example "0.1.0"
  std::string git_commit;  ///< short, "-dirty" when the tree had changes, "unknown" without git
  std::string build_type;
  std::string compiler;
};

[[nodiscard]] BuildInfo build_info();
/// Host name of this machine.
[[nodiscard]] std::string host_name();
/// Now, UTC, ISO 8601 to the second.
[[nodiscard]] std::string utc_now();

}  // namespace cance
