// The settings of LSA and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// LSA, for images; `channels` as published for MNIST.
struct LsaOptions {
  std::vector<int> channels = {32, 64};           ///< of the blocks, each halves the image
  int latent = 64;                                ///< through a sigmoid
  int bins = 100;                                 ///< of a latent's 0..1
  std::vector<int> estimator = {32, 32, 32, 32};  ///< channels a latent of its masked layers
  double nll_weight = 1;                          ///< lambda, beside the squared error's 1
  TrainingOptions training = {256, 200, 0, 1e-4, 0, {}};
};

struct LsaMethod {
  static constexpr MethodFacts kFacts{"lsa", "LSA", "lsa"};
  LsaOptions lsa;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
