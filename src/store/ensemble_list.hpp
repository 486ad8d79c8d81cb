// RUNS/running/ensembles.list: which cells each ensemble of the folder joins, as the launch said
// that named them last. Settings alone do not tell: those of several launches lie side by side.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace cance::store {

/// Names of the cells that become one run, by its own name.
using EnsembleMembers = std::map<std::string, std::vector<std::string>>;

/// Keeps the ensembles that a launch of `cells` is to make. Of earlier launches those stay that
/// join none of them. Of several launches at once none is lost.
void write_ensembles(const std::filesystem::path& runs, const EnsembleMembers& made,
                     const std::vector<std::string>& cells);
/// None where no launch asked for any. Error: the file cannot be read.
[[nodiscard]] EnsembleMembers read_ensembles(const std::filesystem::path& runs);

}  // namespace cance::store
