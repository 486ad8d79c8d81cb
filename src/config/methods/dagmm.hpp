// The settings of DAGMM and of the methods made from it, and their places among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// DAGMM; layers as published for KDDCUP99.
struct DagmmOptions {
  std::vector<int> hidden = {60, 30, 10};  ///< of the encoder, mirrored in the decoder
  int latent = 1;
  int estimation = 10;               ///< width of the network that gives memberships
  int components = 4;                ///< of the mixture
  double dropout = 0.5;              ///< of that network's hidden layer
  double energy_weight = 0.1;        ///< lambda_1
  double covariance_weight = 0.005;  ///< lambda_2
  TrainingOptions training = {1024, 200, 0, 1e-4, 0, {}};
};

/// DAGMM-1: the settings of DAGMM, and what it chooses among.
struct Dagmm1Options {
  std::vector<int> components = {1, 2, 4, 8};  ///< numbers of Gaussians
};

struct DagmmMethod {
  static constexpr MethodFacts kFacts{"dagmm", "DAGMM", "dagmm"};
  DagmmOptions dagmm;
  [[nodiscard]] std::vector<Option> keys();
};

struct Dagmm1Method {
  static constexpr MethodFacts kFacts{"dagmm_1", "DAGMM-1", "dagmm dagmm_1"};
  Dagmm1Options dagmm_1;
  [[nodiscard]] std::vector<Option> keys();
};

struct DagmmCanceMethod {
  static constexpr MethodFacts kFacts{"dagmm_cance", "DAGMM-CANCE", "dagmm nce"};
};

}  // namespace cance::config
