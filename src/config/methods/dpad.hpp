// The settings of DPAD and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/deep_svdd.hpp"

namespace cance::config {

/// DPAD; no settings were published but the epochs.
struct DpadOptions {
  std::vector<int> channels = {};
  std::vector<int> hidden = {128, 64};
  int latent = 32;
  double norm_weight = 1;
  int neighbours = 5;
  TrainingOptions training = {128, 100, 0, 1e-4, 0, {}};

  template <class Keys>
  void keys(Keys& k) {
    k.widths("channels", channels, kSvddChannels, /*automatic=*/true);
    k.widths("hidden", hidden, "of the layers, for tables");
    k.number("latent", latent, 1, 65536, "numbers of the output");
    k.number("norm_weight", norm_weight, 0.0, 1e6, "of the penalty that keeps the weights' norms");
    k.number("neighbours", neighbours, 1, 10'000, "k, nearest training rows of the score");
    training.keys(k);
  }
};

struct DpadMethod {
  static constexpr MethodFacts kFacts{"dpad", "DPAD", "dpad"};
  DpadOptions dpad;
  static constexpr auto kOptions = &DpadMethod::dpad;
};

}  // namespace cance::config
