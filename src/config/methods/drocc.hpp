// The settings of DROCC and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// DROCC.
struct DroccOptions {
  double radius = 0;
  double gamma = 2;
  double mu = 1;
  int ascent_steps = 50;
  double ascent_rate = 1e-3;
  int hidden = 128;
  std::vector<int> channels = {32, 64, 128};
  int pretraining_epochs = 50;
  TrainingOptions training = {256, 50, 0, 1e-3, 0, {30, 60, 90}};

  template <class Keys>
  void keys(Keys& k) {
    k.number("radius", radius, 0.0, 1e9,
             "r, inner radius of the negatives' shell; 0: half the rows' root mean squared "
             "distance from their mean, sqrt(d) / 2 where columns are standardised");
    k.number("gamma", gamma, 1.0, 1e6, "outer radius over the inner one");
    k.number("mu", mu, 0.0, 1e6, "weight of the negatives");
    k.number("ascent_steps", ascent_steps, 0, 100'000,
             "of the negatives, uphill; projected every tenth");
    k.number("ascent_rate", ascent_rate, 0.0, 1e6, "length of such a step");
    k.number("hidden", hidden, 2, 65536, "width of the (first) dense layer");
    k.widths("channels", channels, "of the convolutions, for images");
    k.length("pretraining_epochs", pretraining_epochs, 0, 100'000,
             "epochs without negatives, before those with");
    training.keys(k);
  }
};

struct DroccMethod {
  static constexpr MethodFacts kFacts{"drocc", "DROCC", "drocc"};
  DroccOptions drocc;
  static constexpr auto kOptions = &DroccMethod::drocc;
};

}  // namespace cance::config
