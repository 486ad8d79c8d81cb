// The data sets of `cance prep`, one row each.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/parse.hpp"
#include "data_prep/prep_summary.hpp"

namespace cance::cli {

/// What the function of a row gets.
struct PrepCall {
  std::string set;  ///< name of the row
  std::string raw;  ///< folder or file; empty for rows without --raw
  std::string out;
  const po::variables_map& values;  ///< the options of the row

  /// The value of an option; empty where it was not given.
  [[nodiscard]] std::string text(const char* option) const;
  /// Of the data set: --name, or else that of `out` without its ending.
  [[nodiscard]] std::string name() const;
};

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

/// The row `folder`, users' own pictures, and the row `table`, a user's own table, with the options
/// of each (both take "name"): they say what was found before anything is written.
prep::PrepSummary prep_folder(const PrepCall& call);
prep::PrepSummary prep_table(const PrepCall& call);
void add_folder_options(po::options_description& description);
void add_table_options(po::options_description& description);

}  // namespace cance::cli
