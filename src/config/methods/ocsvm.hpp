// The settings of OC-SVM and its place among the methods.
#pragma once

#include "config/methods/projection.hpp"

namespace cance::config {

/// One-class support vector machine with a Gaussian kernel, the same as SVDD with that kernel.
struct OcsvmOptions {
  ProjectionOptions projection;
  double nu = 0.1;
  double gamma = 0;
  double tolerance = 1e-3;
  int rows = 10000;

  template <class Keys>
  void keys(Keys& k) {
    projection.keys(k);
    k.number("nu", nu, 1e-6, 1.0, "highest share of the training rows outside");
    k.number("gamma", gamma, 0.0, 1e9,
             "of the kernel exp(-gamma d^2); 0: 1 / (columns x variance)");
    k.number("tolerance", tolerance, 1e-12, 1.0, "at which the dual problem is solved");
    k.number("rows", rows, 0, 1 << 30, "training rows that are kept, drawn by seed; 0: all");
  }
};

struct OcsvmMethod {
  static constexpr MethodFacts kFacts{"ocsvm", "OC-SVM", "ocsvm"};
  OcsvmOptions ocsvm;
  static constexpr auto kOptions = &OcsvmMethod::ocsvm;
};

}  // namespace cance::config
