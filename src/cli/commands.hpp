// The subcommands of `cance`, one file each. Every function takes the words behind the subcommand's
// name, prints results on standard output and returns the exit code; wrong use and bad input leave
// as Error.
#pragma once

#include <string>
#include <vector>

namespace cance::cli {

using Arguments = std::vector<std::string>;

int prep(const Arguments& arguments);
int ensemble(const Arguments& arguments);
int compare(const Arguments& arguments);
int export_runs(const Arguments& arguments);
int report(const Arguments& arguments);
int status(const Arguments& arguments);
int inspect(const Arguments& arguments);
int verify(const Arguments& arguments);
int doctor(const Arguments& arguments);

}  // namespace cance::cli
