// The settings of k-NN and its place among the methods.
#pragma once

#include <string>
#include <vector>

#include "config/methods/method.hpp"

namespace cance::config {

/// Nearest neighbours among the training rows.
struct KnnOptions {
  int neighbours = 5;                ///< k
  std::string distance = "mean";     ///< mean of the k distances | kth of them
  std::string input = "normalised";  ///< normalised | raw rows
  int rows = 0;                      ///< training rows that are kept, drawn by seed; 0: all
};

struct KnnMethod {
  static constexpr MethodFacts kFacts{"knn", "k-NN", "knn"};
  KnnOptions knn;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
