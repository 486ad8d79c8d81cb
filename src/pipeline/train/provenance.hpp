// Where a run file comes from (settings, software, machine, data), and what its checkpoints depend
// on.
#pragma once

#include <string>

#include "config/cell.hpp"
#include "store/dataset_file.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {

/// Everything of RunInfo but split_sha256, seconds, ranks and device.
[[nodiscard]] store::RunInfo provenance(const config::Config& config, const config::Cell& cell,
                                        const store::DatasetFile& dataset);

inline constexpr const char* kAutoencoder = "autoencoder";
/// kAutoencoder, "pca", or store::kNoRepresentation where no method of the settings needs one.
[[nodiscard]] std::string representation_name(const config::Config& config);

/// The settings that the representation is trained by: those of the methods do not touch it.
[[nodiscard]] std::string representation_settings(const config::Config& config,
                                                  const config::Cell& cell);

/// A short hash of all settings by which the representation of a cell depends on its experiment:
/// where cells of a sweep keep the stages that they share.
[[nodiscard]] std::string representation_hash(const config::Config& trained);

/// Whether the cells of a sweep share what such a cell's representation trains: not where nothing
/// is trained.
[[nodiscard]] bool shares_representation(const config::Config& config, const config::Cell& cell);

/// What a checkpoint of the cell depends on, beside `settings`; of a whole RunInfo.
[[nodiscard]] std::string checkpoint_key(const std::string& settings, const store::RunInfo& info);

}  // namespace cance::pipeline
