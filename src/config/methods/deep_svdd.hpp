// The settings of Deep SVDD and Deep SAD and their places among the methods.
#pragma once

#include <string>
#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// What the channels of their encoder are, for help; DPAD has it too.
inline constexpr const char* kSvddChannels =
    "of the convolutions, for images; auto: 8,4 for 28 x 28, 32,64,128 for 32 x 32, so on for "
    "sides 8, 16, 64, ...";

/// Deep SVDD, and Deep SAD, which knows some anomalies (split.labelled_share).
struct DeepSvddOptions {
  std::string objective = "one-class";
  double nu = 0.1;
  int warmup_epochs = 10;
  double eta = 1;
  std::vector<int> channels = {};
  std::vector<int> hidden = {128, 64};
  int latent = 32;
  TrainingOptions pretraining = {200, 150, 0, 1e-4, 5e-7, {33}};  ///< 0 epochs: none
  TrainingOptions training = {200, 150, 0, 1e-4, 5e-7, {33}};

  template <class Keys>
  void keys(Keys& k) {
    if (k.section() == "deep_sad") {
      k.number("eta", eta, 0.0, 1e6, "weight of a labelled anomaly");
    } else {
      k.choice("objective", objective, {"one-class", "soft-boundary"},
               "mean distance from the centre, or a sphere with few rows outside");
      k.number("nu", nu, 1e-4, 1.0, "share of rows outside the soft boundary");
      k.length("warmup_epochs", warmup_epochs, 0, 100'000, "epochs before the soft boundary moves");
    }
    k.widths("channels", channels, kSvddChannels, /*automatic=*/true);
    k.widths("hidden", hidden, "of the layers, for tables");
    k.number("latent", latent, 1, 65536, "numbers of the output");
    training.keys(k);
    pretraining.keys(k.in(k.section() + "_pretraining"), 0);
  }
};

struct DeepSvddMethod {
  static constexpr MethodFacts kFacts{"deep_svdd", "Deep SVDD", "deep_svdd deep_svdd_pretraining"};
  DeepSvddOptions deep_svdd;
  static constexpr auto kOptions = &DeepSvddMethod::deep_svdd;
};

struct DeepSadMethod {
  static constexpr MethodFacts kFacts{"deep_sad", "Deep SAD", "deep_sad deep_sad_pretraining"};
  DeepSvddOptions deep_sad = {.pretraining = {128, 150, 0, 1e-4, 5e-7, {33}},
                              .training = {128, 150, 0, 1e-4, 5e-7, {33}}};
  static constexpr auto kOptions = &DeepSadMethod::deep_sad;
};

}  // namespace cance::config
