// The one-class support vector machine with a Gaussian kernel, trained by LIBSVM.
#pragma once

#include <vector>

#include "base/matrix.hpp"

namespace cance::detectors {

/// x is judged by sum_i coefficient_i exp(-gamma ||x - row_i||^2) - rho; negative: outside.
struct OneClassSvm {
  std::vector<double> coefficients;  ///< of the rows (N), 0 where one is no support vector
  double rho = 0;
};

/// `nu` bounds the share of rows outside; `tolerance` of the dual problem. Memory and time grow
/// with N^2. Error: a row is not finite, or LIBSVM refuses the settings. Throws Stopped on request,
/// within a thousand steps of the solver, once its first gradient is there.
[[nodiscard]] OneClassSvm train_one_class_svm(MatrixView<const double> rows, double gamma,
                                              double nu, double tolerance);

}  // namespace cance::detectors
