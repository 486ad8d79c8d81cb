// The settings of DPAD and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// DPAD; no settings were published but the epochs.
struct DpadOptions {
  std::vector<int> channels = {};       ///< of images; none: as suits their size
  std::vector<int> hidden = {128, 64};  ///< of tables
  int latent = 32;
  double norm_weight = 1;  ///< of the weights' norms
  int neighbours = 5;      ///< k of the score
  TrainingOptions training = {128, 100, 0, 1e-4, 0, {}};
};

struct DpadMethod {
  static constexpr MethodFacts kFacts{"dpad", "DPAD", "dpad"};
  DpadOptions dpad;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
