// AdamW by torch's fused kernel, with its state in plain tensors.
#pragma once

#include <vector>

#include "nn/sequence.hpp"

namespace cance::nn {

class AdamW {
 public:
  /// `parameters` are leaves that require gradients, all on one device.
  AdamW(std::vector<at::Tensor> parameters, double rate, double weight_decay, bool maximize = false,
        double beta1 = 0.9);

  /// The rate of the next steps, relative to that of the constructor.
  void scale_rate(double relative);
  /// One step on the parameters' gradients, which are then dropped. beta2 .999, epsilon 1e-8.
  /// Rate and step counts lie in tensors, so that a captured step can be replayed.
  void step();
  /// Those that `step` would move the parameters by.
  void forget_gradients();

  /// Its moments and step counts, under stable names behind `prefix`, for checkpoints.
  [[nodiscard]] NamedTensors state(const std::string& prefix = "") const;

 private:
  std::vector<at::Tensor> parameters_, first_moments_, second_moments_, steps_;
  double highest_rate_;
  at::Tensor rate_;
  double weight_decay_;
  bool maximize_;
  double beta1_;
};

/// What drops leave of a rate: a tenth for each of these percentages of the steps that is behind.
[[nodiscard]] double after_drops(std::int64_t step, std::int64_t steps,
                                 const std::vector<int>& percents);

/// Rate of step `step` of `steps`, of the highest: linear warm-up, then cosine to `final_rate`.
[[nodiscard]] double schedule(std::int64_t step, std::int64_t steps, double warmup_share,
                              double final_rate);

}  // namespace cance::nn
