// How a network of the comparison methods trains: the settings that all of these have.
#pragma once

#include <string>
#include <vector>

#include "config/methods/method.hpp"

namespace cance::config {

struct TrainingOptions {
  int batch = 128;
  int epochs = 100;
  int steps = 0;  ///< in place of epochs where not 0
  double learning_rate = 1e-3;
  double weight_decay = 0;
  std::vector<int> drops = {};  ///< percent of the steps after which the rate falls to a tenth
};

/// Their keys in the section `stage`.
[[nodiscard]] std::vector<Option> training_keys(const std::string& stage, TrainingOptions& t,
                                                int fewest_epochs);

}  // namespace cance::config
