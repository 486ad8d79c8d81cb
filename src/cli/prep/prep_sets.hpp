// The data sets of `cance prep`, one row each.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/prep/prep_call.hpp"

namespace cance::cli {

struct PrepSet {
  std::string name;
  std::string about;                 ///< what it is and where it comes from
  std::vector<std::string> options;  ///< those it takes beside --out; "raw" is then needed
  prep::PrepSummary (*call)(const PrepCall&);
};

/// All rows, in the order of the help.
[[nodiscard]] std::span<const PrepSet> prep_sets();

/// Every option that is for some rows only, "raw" apart.
void add_set_options(po::options_description& description);

}  // namespace cance::cli
