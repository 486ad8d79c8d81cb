// The settings of LSA and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// LSA, for images; `channels` as published for MNIST.
struct LsaOptions {
  std::vector<int> channels = {32, 64};
  int latent = 64;
  int bins = 100;
  std::vector<int> estimator = {32, 32, 32, 32};
  double nll_weight = 1;
  TrainingOptions training = {256, 200, 0, 1e-4, 0, {}};

  template <class Keys>
  void keys(Keys& k) {
    k.widths("channels", channels,
             "of the blocks, each halves the image; 64,128,256 as published for CIFAR-10");
    k.number("latent", latent, 1, 4096, "numbers of the code, each in 0..1");
    k.number("bins", bins, 2, 65536, "of each of them, whose chances are estimated");
    k.widths("estimator", estimator, "channels a latent of the estimator's masked layers");
    k.number("nll_weight", nll_weight, 0.0, 1e6,
             "lambda, of -log p of the code beside the squared error's 1");
    training.keys(k);
  }
};

struct LsaMethod {
  static constexpr MethodFacts kFacts{"lsa", "LSA", "lsa"};
  LsaOptions lsa;
  static constexpr auto kOptions = &LsaMethod::lsa;
};

}  // namespace cance::config
