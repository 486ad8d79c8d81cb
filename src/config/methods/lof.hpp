// The settings of LOF and its place among the methods.
#pragma once

#include <string>

#include "config/methods/method.hpp"

namespace cance::config {

/// Local outlier factor; the defaults are scikit-learn's.
struct LofOptions {
  int neighbours = 20;
  std::string input = "normalised";
  int rows = 0;

  template <class Keys>
  void keys(Keys& k) {
    k.number("neighbours", neighbours, 1, 10'000, "k, nearest training rows of lof");
    k.choice("input", input, {"normalised", "raw"}, "rows that are compared");
    k.number("rows", rows, 0, 1 << 30, "training rows that are kept, drawn by seed; 0: all");
  }
};

struct LofMethod {
  static constexpr MethodFacts kFacts{"lof", "LOF", "lof"};
  LofOptions lof;
  static constexpr auto kOptions = &LofMethod::lof;
};

}  // namespace cance::config
