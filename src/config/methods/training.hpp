// How a network of the comparison methods trains: the settings that all of these have.
#pragma once

#include <vector>

#include "config/methods/method.hpp"

namespace cance::config {

struct TrainingOptions {
  int batch = 128;
  int epochs = 100;
  int steps = 0;
  double learning_rate = 1e-3;
  double weight_decay = 0;
  std::vector<int> drops = {};

  template <class Keys>
  void keys(Keys&& k, int fewest_epochs = 1) {
    k.number("batch", batch, 2, 1 << 20, "rows a step");
    k.length("epochs", epochs, fewest_epochs, 100'000, "epochs");
    k.length("steps", steps, 0, 1 << 30,
             "length in steps, up to a whole epoch; 0: its epochs count");
    k.number("learning_rate", learning_rate, 1e-8, 10.0, "first rate of AdamW");
    k.number("weight_decay", weight_decay, 0.0, 10.0, "weight decay of AdamW");
    k.percents("drops", drops, "when the rate falls to a tenth, percent of the length");
  }
};

}  // namespace cance::config
