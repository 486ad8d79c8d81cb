// What a cell costs, for balance and progress: estimates in seconds of one core of 2024, right to a
// factor of two or three.
#pragma once

#include <chrono>

#include "config/methods.hpp"
#include "detectors/detector.hpp"
#include "pipeline/train/speeds.hpp"

namespace cance::pipeline {

using config::kRepresentation;

using Clock = std::chrono::steady_clock;
[[nodiscard]] inline double seconds_between(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

inline constexpr const char* kReading = "reading";  ///< what a cell does beside all stages

/// Seconds of a stage: to train it, and to score rows by it, of the representation their composite
/// features.
struct StageSeconds {
  double training = 0, scoring = 0;
  [[nodiscard]] double sum() const { return training + scoring; }
};

/// A cell of so many training rows, mirrored copies not counted.
[[nodiscard]] detectors::CellSize size_of_cell(const config::Config& config, double train,
                                               const Shape& row, double scored);

/// By the model alone or, with `speeds`, what this machine is known to take; nothing where the
/// methods need no representation.
[[nodiscard]] StageSeconds representation_seconds(const config::Config& config,
                                                  const detectors::CellSize& cell,
                                                  const Speeds* speeds = nullptr);
[[nodiscard]] StageSeconds method_seconds(const detectors::Detector& detector,
                                          const std::string& method,
                                          const detectors::CellSize& cell,
                                          const Speeds* speeds = nullptr);
[[nodiscard]] double reading_seconds(const detectors::CellSize& cell,
                                     const Speeds* speeds = nullptr);
/// The name by which speeds know the scoring of a stage.
[[nodiscard]] std::string scoring_of(const std::string& stage);
/// The stages of a cell that cost something and of which the speeds know nothing, the
/// representation, where there is one, first.
[[nodiscard]] std::vector<std::string> unknown_stages(const config::Config& config,
                                                      const Shape& row, const Speeds& speeds);
/// Of reading and the representation, which come first and together, and of each method of the
/// grid.
[[nodiscard]] std::vector<std::pair<std::string, double>> stage_seconds(
    const config::Config& config, const detectors::CellSize& cell, const Speeds* speeds = nullptr);
/// Of all of them together.
[[nodiscard]] double cell_seconds(const config::Config& config, const detectors::CellSize& cell,
                                  const Speeds* speeds = nullptr);

}  // namespace cance::pipeline
