// The settings of GOAD and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// GOAD, for tables.
struct GoadOptions {
  int transforms = 256;         ///< random maps
  int size = 32;                ///< numbers that each gives of a row
  bool offsets = false;         ///< random too, as in the paper; the published code has none
  int width = 8;                ///< of the layers
  int layers = 1;               ///< below the features
  double margin = 1;            ///< of the triplet loss
  double triplet_weight = 0.1;  ///< beside the cross entropy's 1
  TrainingOptions training = {64, 1, 0, 1e-3, 0, {}};
};

struct GoadMethod {
  static constexpr MethodFacts kFacts{"goad", "GOAD", "goad"};
  GoadOptions goad;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
