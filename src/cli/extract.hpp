// `extract`, the subcommand that turns pictures into features: it lives in cance-engine, the
// program that loads torch and MPI.
#pragma once

#include "cli/commands.hpp"
#include "comm/world.hpp"

namespace cance::cli {

/// Collective over the world; rank 0 prints.
int extract(const Arguments& arguments, comm::World& world);

}  // namespace cance::cli
