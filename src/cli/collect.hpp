// `collect`: it lives in both programs, since it needs no torch alone and MPI under a launcher.
#pragma once

#include "archive/collect.hpp"
#include "cli/commands.hpp"

namespace cance::cli {

/// Collective over the ranks; rank 0 prints.
int collect(const Arguments& arguments, const archive::Ranks& ranks);

}  // namespace cance::cli
