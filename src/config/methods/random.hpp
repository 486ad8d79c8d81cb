// Scores at random have no settings, and a place among the methods.
#pragma once

#include "config/methods/method.hpp"

namespace cance::config {

struct RandomMethod {
  static constexpr MethodFacts kFacts{"random", "Random"};
};

}  // namespace cance::config
