// The settings of DAGMM and of the methods made from it, and their places among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// DAGMM; layers as published for KDDCUP99.
struct DagmmOptions {
  std::vector<int> hidden = {60, 30, 10};
  int latent = 1;
  int estimation = 10;
  int components = 4;
  double dropout = 0.5;
  double energy_weight = 0.1;
  double covariance_weight = 0.005;
  TrainingOptions training = {1024, 200, 0, 1e-4, 0, {}};

  template <class Keys>
  void keys(Keys& k) {
    k.widths("hidden", hidden, "of the encoder's tanh layers, mirrored in the decoder");
    k.number("latent", latent, 1, 65536, "numbers of the code");
    k.number("estimation", estimation, 1, 65536,
             "width of the hidden layer that gives memberships");
    k.number("components", components, 1, 1024, "Gaussians of the mixture");
    k.number("dropout", dropout, 0.0, 0.99, "share of that hidden layer left out a step");
    k.number("energy_weight", energy_weight, 0.0, 1e6, "lambda_1, of the energy");
    k.number("covariance_weight", covariance_weight, 0.0, 1e6,
             "lambda_2, of the inverse variances");
    training.keys(k);
  }
};

/// DAGMM-1: the settings of DAGMM, and what it chooses among.
struct Dagmm1Options {
  std::vector<int> components = {1, 2, 4, 8};

  template <class Keys>
  void keys(Keys& k) {
    k.counts("components", components, 1024,
             "numbers of Gaussians, in place of dagmm.components: that with the lowest mean "
             "energy of the validation rows is kept");
  }
};

struct DagmmMethod {
  static constexpr MethodFacts kFacts{"dagmm", "DAGMM", "dagmm"};
  DagmmOptions dagmm;
  static constexpr auto kOptions = &DagmmMethod::dagmm;
};

struct Dagmm1Method {
  static constexpr MethodFacts kFacts{"dagmm_1", "DAGMM-1", "dagmm dagmm_1"};
  Dagmm1Options dagmm_1;
  static constexpr auto kOptions = &Dagmm1Method::dagmm_1;
};

struct DagmmCanceMethod {
  // feature.transform = auto is chosen on the features of the cell's representation.
  static constexpr MethodFacts kFacts{"dagmm_cance", "DAGMM-CANCE",
                                      "autoencoder feature dagmm nce"};
};

}  // namespace cance::config
