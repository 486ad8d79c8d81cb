// The settings of Mahalanobis and its place among the methods.
#pragma once

#include <string>
#include <vector>

#include "config/methods/method.hpp"

namespace cance::config {

/// Distance from the mean in units of the covariance.
struct MahalanobisOptions {
  std::string input = "normalised";  ///< normalised | raw rows
};

struct MahalanobisMethod {
  static constexpr MethodFacts kFacts{"mahalanobis", "Mahalanobis", "mahalanobis"};
  MahalanobisOptions mahalanobis;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
