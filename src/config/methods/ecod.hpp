// The settings of ECOD and COPOD, and their places among the methods.
#pragma once

#include <string>

#include "config/methods/method.hpp"

namespace cance::config {

/// Tail probabilities of columns.
struct TailOptions {
  std::string input = "normalised";
  int rows = 0;

  template <class Keys>
  void keys(Keys& k) {
    k.choice("input", input, {"normalised", "raw"}, "rows whose columns are compared");
    k.number("rows", rows, 0, 1 << 30, "training rows that are kept, drawn by seed; 0: all");
  }
};

struct EcodMethod {
  static constexpr MethodFacts kFacts{"ecod", "ECOD", "ecod"};
  TailOptions ecod;
  static constexpr auto kOptions = &EcodMethod::ecod;
};

struct CopodMethod {
  static constexpr MethodFacts kFacts{"copod", "COPOD", "copod"};
  TailOptions copod;
  static constexpr auto kOptions = &CopodMethod::copod;
};

}  // namespace cance::config
