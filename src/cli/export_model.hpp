// `export-model`, the subcommand that writes a finished run for other runtimes: it lives in
// cance-engine, the program that loads torch.
#pragma once

#include "cli/commands.hpp"

namespace cance::cli {

/// Of one process; needs no MPI.
int export_model(const Arguments& arguments);

}  // namespace cance::cli
