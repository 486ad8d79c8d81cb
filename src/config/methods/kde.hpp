// The settings of KDE and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/projection.hpp"

namespace cance::config {

/// Gaussian kernel density; the bandwidth is the one of 2^-4.5, 2^-4, ..., 2^5 that five folds of
/// the training rows find most likely.
struct KdeOptions {
  ProjectionOptions projection;
  int selection_rows = 6000;  ///< training rows that choose the bandwidth; 0: all
  double bandwidth = 0;       ///< 0: chosen by them
};

struct KdeMethod {
  static constexpr MethodFacts kFacts{"kde", "KDE", "kde"};
  KdeOptions kde;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
