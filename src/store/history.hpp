// The training curve of one stage, in run files and checkpoints.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "hdf5/table.hpp"

namespace cance::store {

/// One row an epoch; epoch 0 is the starting point where a stage counts it.
struct History {
  std::vector<std::int64_t> epoch;
  std::vector<double> train_loss, validation_loss, seconds;
};

using Histories = std::vector<std::pair<std::string, History>>;  ///< by stage

/// As the table `name` of the group.
void write_history(const hdf5::Group& group, const std::string& name, const History& history);
[[nodiscard]] History read_history(const hdf5::Group& group, const std::string& name);

}  // namespace cance::store
