// CANCE for methods that judge by it.
#pragma once

#include <memory>
#include <string>

#include "detectors/detector.hpp"

namespace cance::detectors {

/// CANCE whose checkpoints bear another name.
[[nodiscard]] std::unique_ptr<Detector> make_cance_as(const std::string& name,
                                                      const config::Config& config);

}  // namespace cance::detectors
