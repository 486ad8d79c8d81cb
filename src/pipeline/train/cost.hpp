// What a cell costs, for balance and progress: estimates in seconds of one core of 2024, right to a
// factor of two or three.
#pragma once

#include "config/methods.hpp"
#include "detectors/detector.hpp"
#include "pipeline/train/speeds.hpp"

namespace cance::pipeline {

using config::kRepresentation;

inline constexpr double kReading = 0.5;  ///< seconds of a cell beside all stages
inline constexpr double kStart = 0.02;   ///< seconds of a stage, however few rows it has

/// Of the representation: training and composite features. With `speeds` all three are what this
/// machine is known to take. Reading is not in it.
[[nodiscard]] double representation_seconds(const config::Config& config,
                                            const detectors::CellSize& cell,
                                            const Speeds* speeds = nullptr);
/// Of these the composite features, of all rows.
[[nodiscard]] double features_seconds(const config::Config& config, const detectors::CellSize& cell,
                                      const Speeds* speeds = nullptr);
[[nodiscard]] double method_seconds(const detectors::Detector& detector, const std::string& method,
                                    const detectors::CellSize& cell,
                                    const Speeds* speeds = nullptr);
/// The stages of a cell that cost something and of which the speeds know nothing, the
/// representation first.
[[nodiscard]] std::vector<std::string> unknown_stages(const config::Config& config,
                                                      const Shape& row, const Speeds& speeds);
/// Of reading and the representation, which come first, and of each method of the grid.
[[nodiscard]] std::vector<std::pair<std::string, double>> stage_seconds(
    const config::Config& config, const detectors::CellSize& cell, const Speeds* speeds = nullptr);
/// Of all of them together.
[[nodiscard]] double cell_seconds(const config::Config& config, const detectors::CellSize& cell,
                                  const Speeds* speeds = nullptr);

}  // namespace cance::pipeline
