// The subcommands, one file each: those of `cance`, and those of `cance-engine`, which loads torch
// and MPI. Every function takes the words behind the subcommand's name, prints results on standard
// output and returns the exit code; wrong use and bad input leave as Error.
#pragma once

#include <string>
#include <vector>

namespace cance {
namespace archive {
struct Ranks;
}  // namespace archive
namespace comm {
class World;
}  // namespace comm

namespace cli {

using Arguments = std::vector<std::string>;

int prep(const Arguments& arguments);
int ensemble(const Arguments& arguments);
int add_scores(const Arguments& arguments);
int compare(const Arguments& arguments);
int export_runs(const Arguments& arguments);
int report(const Arguments& arguments);
int status(const Arguments& arguments);
int inspect(const Arguments& arguments);
int verify(const Arguments& arguments);
int doctor(const Arguments& arguments);
/// `cance try`.
int try_input(const Arguments& arguments);

/// In both programs, alone or under a launcher. Collective over the ranks; rank 0 prints.
int collect(const Arguments& arguments, const archive::Ranks& ranks);

/// Of cance-engine: of one process, without MPI.
int score(const Arguments& arguments);
int export_model(const Arguments& arguments);
/// Of cance-engine: collective over the world; rank 0 prints.
int run(const Arguments& arguments, comm::World& world);
int extract(const Arguments& arguments, comm::World& world);

}  // namespace cli
}  // namespace cance
