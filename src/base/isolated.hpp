// Work in a child process with limits, for libraries that damaged files may crash.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cance {

struct ChildLimits {
  std::uintmax_t memory_bytes = 0;  ///< data the child may hold beside what the parent has
  unsigned cpu_seconds = 0;
};

/// What `work` returns, run in a child process; an Error of `work` is thrown here. Error: the child
/// crashed or went beyond a limit; `what` names the input. The work of a process with several
/// threads takes no lock that another of them may hold, but that of the allocator.
[[nodiscard]] std::vector<std::uint8_t> run_isolated(
    const std::string& what, const ChildLimits& limits,
    const std::function<std::vector<std::uint8_t>()>& work);

}  // namespace cance
