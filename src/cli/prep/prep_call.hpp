// What the function of a data set of `cance prep` gets.
#pragma once

#include <string>

#include "cli/parse.hpp"
#include "data_prep/prep_summary.hpp"

namespace cance::cli {

struct PrepCall {
  std::string set;  ///< name of the row
  std::string raw;  ///< folder or file; empty for rows without --raw
  std::string out;
  const po::variables_map& values;  ///< the options of the row
};

}  // namespace cance::cli
