// The methods that judge composite features; NceOptions holds the settings of the densities.
#pragma once

#include "config/methods/method.hpp"

namespace cance::config {

struct ErrorMethod {
  static constexpr MethodFacts kFacts{"error", "Error", "", true};
};

struct LatnceMethod {
  static constexpr MethodFacts kFacts{"latnce", "LatNCE", "nce", true};
};

struct GaussianMethod {
  static constexpr MethodFacts kFacts{"gaussian", "Gaussian", "", true};
};

struct CnceMethod {
  static constexpr MethodFacts kFacts{"cnce", "CNCE", "nce", true};
};

struct CanceMethod {
  static constexpr MethodFacts kFacts{"cance", "CANCE", "nce", true};
};

}  // namespace cance::config
