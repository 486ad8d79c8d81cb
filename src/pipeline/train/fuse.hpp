// Which cells of a grid are trained in one step: those that differ in their seed alone.
#pragma once

#include <vector>

#include "config/experiment.hpp"
#include "pipeline/train/plan.hpp"

namespace cance::pipeline {

inline constexpr int kMostFused = 64;

/// The cells, those that are trained together in one group, each where its first cell stood.
/// `fuse`: how many at most, 1: none. 0: none on the CPU (results/speed.md); on a GPU five, as far
/// as every lane has a group and something is trained that can be fused.
[[nodiscard]] std::vector<std::vector<const PlannedCell*>> fused_groups(
    const std::vector<config::Experiment>& experiments, const std::vector<PlannedCell>& cells,
    int fuse, int lanes, bool on_gpu);

/// Seconds that the lanes of a rank take for these groups by the costs of their cells, each as long
/// as trained alone: the next group goes to the lane that is done first.
[[nodiscard]] double seconds_in_lanes(const std::vector<std::vector<const PlannedCell*>>& groups,
                                      int lanes);

}  // namespace cance::pipeline
