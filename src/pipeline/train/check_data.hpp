// A look at the data of every planned cell before the first one starts: bad data costs seconds, not
// a night of failed cells.
#pragma once

#include <vector>

#include "pipeline/train/plan.hpp"

namespace cance::pipeline {

/// Makes the split of every cell and reads each dataset once, in blocks. Errors: what make_split
/// refuses, rows that the network or a method does not take, values that are not finite, a case
/// whose normal training rows are all the same.
void check_data(DataRoot& data, const std::vector<config::Experiment>& experiments,
                const std::vector<PlannedCell>& cells);

}  // namespace cance::pipeline
