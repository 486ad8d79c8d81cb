// What one launch runs: experiments, each a config with its effective settings, and the grid of all
// their cells.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/cell.hpp"

namespace cance::config {

/// One config with its effective settings, or one variant of it in a sweep.
struct Experiment {
  std::string origin;           ///< the file, for messages
  std::string variant;          ///< what the sweep sets, "noise_ratio=4,latent=12"; else empty
  std::string default_variant;  ///< the variant that has the file's own settings; else empty
  Config config;
};

/// The experiments of these files, and of those that end in .cfg of these folders, by name: each
/// with the "key=value" `overrides` over it, once for every combination of the values that its
/// section [vary] and the lines "key=v1,v2" of `vary` give to keys. A variant is named by the last
/// words of its keys, by whole keys where two end alike; a comma inside a value (values are then
/// separated by ';') becomes '+'. Error: every fault of all files.
[[nodiscard]] std::vector<Experiment> load_experiments(
    const std::vector<std::filesystem::path>& paths, const std::vector<std::string>& overrides,
    const std::vector<std::string>& vary = {});

/// What each of these files says with the files that it includes, as one text, by a file name of
/// its own. Faults as of load_experiments.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> whole_settings(
    const std::vector<std::filesystem::path>& paths);

/// A cell of a grid, and which of its experiments has it.
struct GridCell {
  Cell cell;
  std::size_t experiment = 0;
};

/// The cells of all experiments, each once. Error: two give one cell different settings.
[[nodiscard]] std::vector<GridCell> grid_cells(const std::vector<Experiment>& experiments);

}  // namespace cance::config
