// Gradients of a team: every parameter's gradient becomes its sum over the ranks, in a few large
// reductions that start during the backward pass, each as soon as its parameters are through.
#pragma once

#include <memory>
#include <vector>

#include "nn/team.hpp"

namespace cance::nn {

class GradientSum {
 public:
  /// `parameters` are leaves in the order of the forward pass, all of one type.
  GradientSum(const std::vector<at::Tensor>& parameters, const Team& team);
  ~GradientSum();

  /// After `backward` and before the optimiser: waits for the sums and makes them the gradients.
  void finish();

 private:
  struct Bucket;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cance::nn
