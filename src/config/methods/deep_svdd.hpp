// The settings of Deep SVDD and Deep SAD and their places among the methods.
#pragma once

#include <string>
#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// Deep SVDD, and Deep SAD, which knows some anomalies (split.labelled_share).
struct DeepSvddOptions {
  std::string objective = "one-class";  ///< one-class | soft-boundary
  double nu = 0.1;                      ///< of the soft boundary, share of rows outside
  int warmup_epochs = 10;               ///< before its radius moves
  double eta = 1;                       ///< weight of a labelled anomaly in Deep SAD
  std::vector<int> channels = {};       ///< of images; none: as suits their size
  std::vector<int> hidden = {128, 64};  ///< of tables
  int latent = 32;
  TrainingOptions pretraining = {200, 150, 0, 1e-4, 5e-7, {33}};  ///< 0 epochs: none
  TrainingOptions training = {200, 150, 0, 1e-4, 5e-7, {33}};
};

/// What the channels of their encoder are, for help; DPAD has it too.
inline constexpr const char* kSvddChannels =
    "of the convolutions, for images; auto: 8,4 for 28 x 28, 32,64,128 for 32 x 32, so on for "
    "sides 8, 16, 64, ...";

struct DeepSvddMethod {
  static constexpr MethodFacts kFacts{"deep_svdd", "Deep SVDD", "deep_svdd deep_svdd_pretraining"};
  DeepSvddOptions deep_svdd;
  [[nodiscard]] std::vector<Option> keys();
};

struct DeepSadMethod {
  static constexpr MethodFacts kFacts{"deep_sad", "Deep SAD", "deep_sad deep_sad_pretraining"};
  DeepSvddOptions deep_sad = {.pretraining = {128, 150, 0, 1e-4, 5e-7, {33}},
                              .training = {128, 150, 0, 1e-4, 5e-7, {33}}};
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
