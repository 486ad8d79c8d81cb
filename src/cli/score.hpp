// `score`, the subcommand that applies a finished run to new rows: it lives in cance-engine, the
// program that loads torch.
#pragma once

#include "cli/commands.hpp"

namespace cance::cli {

/// Of one process; needs no MPI.
int score(const Arguments& arguments);

}  // namespace cance::cli
