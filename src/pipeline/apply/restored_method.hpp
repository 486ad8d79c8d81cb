// A method of a finished run, made again from what its run file keeps.
#pragma once

#include <memory>
#include <string>

#include "detectors/detector.hpp"
#include "represent/representation.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {

/// The run's settings, with what was chosen where they are auto.
[[nodiscard]] config::Config trained_settings(const store::RunInfo& info);
/// As it was in the run. Error: tensors that are not those of the settings.
[[nodiscard]] std::unique_ptr<represent::Representation> restored_representation(
    const store::RunRecord& run, const nn::Compute& compute);
/// As it was in the run. Errors: it keeps nothing to score with, or tensors that are not those of
/// the settings.
[[nodiscard]] std::unique_ptr<detectors::Detector> restored_method(const store::RunRecord& run,
                                                                   const std::string& method,
                                                                   const nn::Compute& compute);

}  // namespace cance::pipeline
