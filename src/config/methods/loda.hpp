// The settings of LODA and its place among the methods.
#pragma once

#include <string>

#include "config/methods/method.hpp"

namespace cance::config {

/// Histograms along random directions; the defaults are PyOD's.
struct LodaOptions {
  int directions = 100;
  int bins = 10;
  std::string input = "normalised";

  template <class Keys>
  void keys(Keys& k) {
    k.number("directions", directions, 1, 100'000, "random directions of loda");
    k.number("bins", bins, 2, 100'000, "of the histogram of each");
    k.choice("input", input, {"normalised", "raw"}, "rows that loda sees");
  }
};

struct LodaMethod {
  static constexpr MethodFacts kFacts{"loda", "LODA", "loda"};
  LodaOptions loda;
  static constexpr auto kOptions = &LodaMethod::loda;
};

}  // namespace cance::config
