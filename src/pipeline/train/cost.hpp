// What a cell costs, for balance and progress: estimates in seconds of one core of 2024, right to a
// factor of two or three.
#pragma once

#include "detectors/detector.hpp"

namespace cance::pipeline {

/// Of the representation: training and composite features.
[[nodiscard]] double representation_seconds(const config::Config& config,
                                            const detectors::CellSize& cell);
/// Of the representation and all methods of the grid.
[[nodiscard]] double cell_seconds(const config::Config& config, const detectors::CellSize& cell);

}  // namespace cance::pipeline
