// Which cells of a grid are trained in one step: those that differ in their seed alone.
#pragma once

#include <vector>

#include "pipeline/train/plan.hpp"

namespace cance::pipeline {

inline constexpr int kMostFused = 64;

/// The cells, those that are trained together in one group, each where its first cell stood.
/// `fuse`: how many at most, 1: none, 0: five on a GPU, none on the CPU (results/speed.md).
[[nodiscard]] std::vector<std::vector<const PlannedCell*>> fused_groups(
    const std::vector<PlannedCell>& cells, int fuse, bool on_gpu);

}  // namespace cance::pipeline
