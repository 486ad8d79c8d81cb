// DAGMM for methods that choose among several.
#pragma once

#include <memory>
#include <string>

#include "detectors/detector.hpp"

namespace cance::detectors {

/// DAGMM whose stage of training, which names checkpoint and curve, has another name.
[[nodiscard]] std::unique_ptr<Detector> make_dagmm_as(const std::string& stage,
                                                      const config::DagmmOptions& options);

}  // namespace cance::detectors
