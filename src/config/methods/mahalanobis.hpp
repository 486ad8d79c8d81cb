// The settings of Mahalanobis and its place among the methods.
#pragma once

#include <string>

#include "config/methods/method.hpp"

namespace cance::config {

/// Distance from the mean in units of the covariance.
struct MahalanobisOptions {
  std::string input = "normalised";

  template <class Keys>
  void keys(Keys& k) {
    k.choice("input", input, {"normalised", "raw"}, "rows that mahalanobis sees");
  }
};

struct MahalanobisMethod {
  static constexpr MethodFacts kFacts{"mahalanobis", "Mahalanobis", "mahalanobis"};
  MahalanobisOptions mahalanobis;
  static constexpr auto kOptions = &MahalanobisMethod::mahalanobis;
};

}  // namespace cance::config
