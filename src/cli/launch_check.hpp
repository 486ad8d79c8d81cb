// Whether the ranks that were launched found each other. A launcher that does not fit the program's
// MPI starts N lone programs, which would all do the same work on the same files.
#pragma once

namespace cance::cli {

/// Fails, naming the likely cause, where srun started several tasks and this world has one rank.
void require_whole_launch(int world_size);

}  // namespace cance::cli
