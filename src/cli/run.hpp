// `run`, the subcommand that trains: it lives in cance-engine, the program that loads torch and
// MPI.
#pragma once

#include "cli/commands.hpp"
#include "comm/world.hpp"

namespace cance::cli {

/// Collective over the world; rank 0 prints.
int run(const Arguments& arguments, comm::World& world);

}  // namespace cance::cli
