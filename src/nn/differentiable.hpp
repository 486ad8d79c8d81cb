// Operations with a gradient of our own. Torch's header for them costs every file that includes it
// several times its own compilation, so one file sees torch's graph.
#pragma once

#include <functional>
#include <vector>

#include "nn/tensor.hpp"

namespace cance::nn {

using Tensors = std::vector<at::Tensor>;

/// What the backward pass of an operation sees.
struct BackwardCall {
  const Tensors& saved;     ///< as the forward pass saved them
  at::Tensor gradient;      ///< of the loss with respect to the first output
  std::vector<bool> needs;  ///< by input: whether its gradient is asked for
};

/// What the forward pass of an operation gives.
struct Operation {
  Tensors outputs;  ///< the first is differentiable, those behind it are constants
  Tensors saved;    ///< what the backward pass reads, freed after it; undefined ones allowed
  /// Gradients by input, undefined where none is. The default is for operations that are called
  /// where no input requires a gradient.
  std::function<Tensors(const BackwardCall&)> backward;
};

/// The outputs of `forward`, which runs without recording. Where gradients are recorded and one of
/// `inputs` (undefined ones allowed) requires one, the first output carries that of `backward`.
[[nodiscard]] Tensors differentiable(const Tensors& inputs,
                                     const std::function<Operation()>& forward);

}  // namespace cance::nn
