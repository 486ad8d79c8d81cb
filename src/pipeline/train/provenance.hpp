// Where a run file comes from: settings, software, machine, data.
#pragma once

#include "config/cell.hpp"
#include "store/dataset_file.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {

/// Everything of RunInfo but split_sha256, seconds, ranks and device.
[[nodiscard]] store::RunInfo provenance(const config::Config& config, const config::Cell& cell,
                                        const store::DatasetFile& dataset);

}  // namespace cance::pipeline
