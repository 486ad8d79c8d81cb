#include "cli/launch_check.hpp"

#include "base/error.hpp"
#include "cli/doctor/slurm_facts.hpp"

namespace cance::cli {

void require_whole_launch(int world_size) {
  const std::string cause = lone_rank_cause(variable, world_size);
  require(cause.empty(), "{}", cause);
}

}  // namespace cance::cli
