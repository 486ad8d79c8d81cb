// One step of AdamW on a loss, by all ranks of a team together.
#pragma once

#include "nn/adamw.hpp"
#include "nn/gradients.hpp"

namespace cance::nn {

class Descent {
 public:
  /// Of `parameters`, leaves in the order of the forward pass, by their optimiser.
  Descent(const std::vector<at::Tensor>& parameters, AdamW optimiser, const Team& team)
      : optimiser_(std::move(optimiser)), gradients_(parameters, team) {}

  /// Moves the parameters by the gradients of the team's loss, of which `loss` is this rank's part,
  /// a scalar or that of each model of a stack; gives that part, detached. Collective.
  at::Tensor step(const at::Tensor& loss) {
    optimiser_.forget_gradients();  // a capture that failed may have left some
    (loss.dim() == 0 ? loss : loss.sum()).backward();
    gradients_.finish();
    optimiser_.step();
    return loss.detach();
  }
  [[nodiscard]] AdamW& optimiser() { return optimiser_; }

 private:
  AdamW optimiser_;
  GradientSum gradients_;
};

}  // namespace cance::nn
