// The tensors of K models of one form as one tensor each, for steps that move all models at once.
#pragma once

#include <string>
#include <vector>

#include "nn/sequence.hpp"

namespace cance::nn {

class Stack {
 public:
  /// Of these states, of the same names and shapes. While the stack lives their tensors are views
  /// of it; then they have memory of their own again, as far as there is memory.
  explicit Stack(std::vector<NamedTensors> models);
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  /// (K, ...), named as each model's; leaves that require gradients where those do.
  [[nodiscard]] const NamedTensors& state() const { return state_; }

 private:
  std::vector<NamedTensors> models_;
  NamedTensors state_;
};

/// Tensor by tensor (K, ...), undefined ones none; those of one model as they are.
[[nodiscard]] std::vector<at::Tensor> stacked(const std::vector<std::vector<at::Tensor>>& models);

}  // namespace cance::nn
