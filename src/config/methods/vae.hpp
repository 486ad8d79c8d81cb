// The settings of VAE and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// VAE with the networks and the schedule of LSA, for images.
struct VaeOptions {
  std::vector<int> channels = {32, 64};  ///< of the blocks, each halves the image
  int latent = 64;
  double deviation =
      0.70710678;   ///< of a pixel about its reconstruction; then errors count as in LSA
  int samples = 4;  ///< of the latent that a score is the mean over
  TrainingOptions training = {256, 200, 0, 1e-4, 0, {}};
};

struct VaeMethod {
  static constexpr MethodFacts kFacts{"vae", "VAE", "vae"};
  VaeOptions vae;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
