// AdamW by torch's fused kernel, with its state in plain tensors.
#pragma once

#include <vector>

#include "nn/sequence.hpp"

namespace cance::nn {

class AdamW {
 public:
  /// `parameters` are leaves that require gradients.
  AdamW(std::vector<torch::Tensor> parameters, double weight_decay, bool maximize = false);

  /// One step at this rate on the parameters' gradients, which are then dropped. betas .9, .999,
  /// epsilon 1e-8.
  void step(double rate);

  /// Its moments and step counts, under stable names behind `prefix`, for checkpoints.
  [[nodiscard]] NamedTensors state(const std::string& prefix = "") const;

 private:
  std::vector<torch::Tensor> parameters_, first_moments_, second_moments_, steps_;
  double weight_decay_;
  bool maximize_;
};

/// Rate of step `step` of `steps`, relative to the highest: linear warm-up, then cosine to
/// `final_rate`.
[[nodiscard]] double schedule(std::int64_t step, std::int64_t steps, double warmup_share,
                              double final_rate);

}  // namespace cance::nn
