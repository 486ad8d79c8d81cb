// The settings of the isolation forest and its place among the methods.
#pragma once

#include <string>

#include "config/methods/method.hpp"

namespace cance::config {

/// Isolation forest; the defaults are the paper's.
struct IforestOptions {
  int trees = 100;
  int rows = 256;
  std::string input = "normalised";

  template <class Keys>
  void keys(Keys& k) {
    k.number("trees", trees, 1, 100'000, "of the forest");
    k.number("rows", rows, 2, 1 << 16, "training rows of a tree, drawn by seed");
    k.choice("input", input, {"normalised", "raw"}, "rows that iforest sees");
  }
};

struct IforestMethod {
  static constexpr MethodFacts kFacts{"iforest", "IForest", "iforest"};
  IforestOptions iforest;
  static constexpr auto kOptions = &IforestMethod::iforest;
};

}  // namespace cance::config
