// The settings of an ensemble of finished runs and its place among the methods.
#pragma once

#include <string>

#include "config/methods/method.hpp"

namespace cance::config {

/// Finished runs of one case, their scores joined as tail probabilities under held-out normal rows.
struct EnsembleOptions {
  std::string rule = "max", over = "none", members = "none", methods = "none";

  template <class Keys>
  void keys(Keys& k) {
    k.choice("rule", rule, {"mean", "max"}, "of -log p over the members of an ensemble");
    k.line("over", over, "the settings in which the members differ, as grid.seeds");
    k.line("members", members, "of each run its value, and the methods");
    k.line("methods", methods, "what is joined of each run; the sections of these are kept");
  }
};

struct EnsembleMethod {
  static constexpr MethodFacts kFacts{"ensemble", "Ensemble", "autoencoder feature ensemble nce",
                                      true};
  EnsembleOptions ensemble;
  static constexpr auto kOptions = &EnsembleMethod::ensemble;
};

}  // namespace cance::config
