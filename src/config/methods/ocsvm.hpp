// The settings of OC-SVM and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/projection.hpp"

namespace cance::config {

/// One-class support vector machine with a Gaussian kernel, the same as SVDD with that kernel.
struct OcsvmOptions {
  ProjectionOptions projection;
  double nu = 0.1;          ///< highest share of training rows outside
  double gamma = 0;         ///< of the kernel; 0: 1 / (columns x variance of all numbers)
  double tolerance = 1e-3;  ///< of the dual problem
  int rows = 10000;         ///< training rows that are kept, drawn by seed; 0: all
};

struct OcsvmMethod {
  static constexpr MethodFacts kFacts{"ocsvm", "OC-SVM", "ocsvm"};
  OcsvmOptions ocsvm;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
