// The row `folder` of `cance prep`.
#pragma once

#include "cli/prep/prep_call.hpp"

namespace cance::cli {

/// Users' own pictures; says what was found before anything is written.
prep::PrepSummary prep_folder(const PrepCall& call);

/// The options of that row.
void add_folder_options(po::options_description& description);

}  // namespace cance::cli
