// What stages take on a machine that has not run them: each is timed alone, on as few rows and
// steps as tell it, so that the time left is known before a cell of a grid is finished.
#pragma once

#include <vector>

#include "nn/compute.hpp"
#include "pipeline/train/data_root.hpp"
#include "pipeline/train/plan.hpp"

namespace cance::pipeline {

/// Times every stage of the cells of which the speeds do not know, once for each shape of rows: a
/// second or two each. What cannot be timed so is left to the cells. A request to stop ends it.
void calibrate(const std::vector<config::Experiment>& experiments,
               const std::vector<PlannedCell>& cells, const DataRoot& data, nn::Compute compute,
               Speeds& speeds);

}  // namespace cance::pipeline
