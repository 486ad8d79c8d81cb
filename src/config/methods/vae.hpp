// The settings of VAE and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// VAE with the networks and the schedule of LSA, for images.
struct VaeOptions {
  std::vector<int> channels = {32, 64};
  int latent = 64;
  double deviation = 0.70710678;  ///< with it errors count as in LSA
  int samples = 4;
  TrainingOptions training = {256, 200, 0, 1e-4, 0, {}};

  template <class Keys>
  void keys(Keys& k) {
    k.widths("channels", channels, "of the blocks, as lsa.channels");
    k.number("latent", latent, 1, 4096, "numbers of the code");
    k.number("deviation", deviation, 1e-4, 1e4, "of a pixel about its reconstruction");
    k.number("samples", samples, 1, 4096, "of the code that a score is the mean over");
    training.keys(k);
  }
};

struct VaeMethod {
  static constexpr MethodFacts kFacts{"vae", "VAE", "vae"};
  VaeOptions vae;
  static constexpr auto kOptions = &VaeMethod::vae;
};

}  // namespace cance::config
