// The settings of DROCC and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// DROCC.
struct DroccOptions {
  double radius =
      0;  ///< r of the shell; 0: half the root mean squared distance of the rows from their mean
  double gamma = 2;  ///< its outer radius over the inner one
  double mu = 1;     ///< weight of the negatives
  int ascent_steps = 50;
  double ascent_rate = 1e-3;                  ///< length of a step
  int hidden = 128;                           ///< width of the dense layer
  std::vector<int> channels = {32, 64, 128};  ///< of images
  int pretraining_epochs = 50;                ///< without negatives
  TrainingOptions training = {256, 50, 0, 1e-3, 0, {30, 60, 90}};
};

struct DroccMethod {
  static constexpr MethodFacts kFacts{"drocc", "DROCC", "drocc"};
  DroccOptions drocc;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
