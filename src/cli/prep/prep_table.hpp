// The row `table` of `cance prep`.
#pragma once

#include "cli/prep/prep_call.hpp"

namespace cance::cli {

/// A user's own table; says what was found before anything is written.
prep::PrepSummary prep_table(const PrepCall& call);

/// The options of that row, "name" apart.
void add_table_options(po::options_description& description);

}  // namespace cance::cli
