// Two ways from input to output whose results are added (He et al., CVPR 2016).
#pragma once

#include "nn/sequence.hpp"

namespace cance::nn {

/// leaky(body(x) + shortcut(x)); a shortcut of no layers hands x on. Its tensors are named
/// "body.0.weight", ..., "shortcut.0.weight", ...
[[nodiscard]] std::unique_ptr<Layer> make_residual(Sequence body, Sequence shortcut, double slope);

}  // namespace cance::nn
