// The settings of k-NN and its place among the methods.
#pragma once

#include <string>

#include "config/methods/method.hpp"

namespace cance::config {

/// Nearest neighbours among the training rows.
struct KnnOptions {
  int neighbours = 5;
  std::string distance = "mean";
  std::string input = "normalised";
  int rows = 0;

  template <class Keys>
  void keys(Keys& k) {
    k.number("neighbours", neighbours, 1, 10'000, "k, nearest training rows of knn");
    k.choice("distance", distance, {"mean", "kth"}, "score: mean of the k distances, or the kth");
    k.choice("input", input, {"normalised", "raw"}, "rows that are compared");
    k.number("rows", rows, 0, 1 << 30, "training rows that are kept, drawn by seed; 0: all");
  }
};

struct KnnMethod {
  static constexpr MethodFacts kFacts{"knn", "k-NN", "knn"};
  KnnOptions knn;
  static constexpr auto kOptions = &KnnMethod::knn;
};

}  // namespace cance::config
