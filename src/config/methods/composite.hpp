// The methods that judge composite features; NceOptions holds the settings of the densities.
#pragma once

#include "config/methods/method.hpp"

namespace cance::config {

struct ErrorMethod {
  static constexpr MethodFacts kFacts{"error", "Error", "autoencoder feature", true};
};

struct LatnceMethod {
  static constexpr MethodFacts kFacts{"latnce", "LatNCE", "autoencoder feature nce", true};
};

struct GaussianMethod {
  static constexpr MethodFacts kFacts{"gaussian", "Gaussian", "autoencoder feature", true};
};

struct CnceMethod {
  static constexpr MethodFacts kFacts{"cnce", "CNCE", "autoencoder feature nce", true};
};

struct CanceMethod {
  static constexpr MethodFacts kFacts{"cance", "CANCE", "autoencoder feature nce", true};
};

}  // namespace cance::config
