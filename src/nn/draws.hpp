// Random numbers as tensors.
#pragma once

#include "base/random.hpp"
#include "nn/tensor.hpp"

namespace cance::nn {

/// Standard normals of this shape on the host, float32 or float64 (each a stream of its own): those
/// of row `first` of the stream and on, a row being all extents but the first.
[[nodiscard]] at::Tensor normals(at::IntArrayRef shape, const Random& random,
                                 std::int64_t first = 0, at::ScalarType type = at::kFloat);

}  // namespace cance::nn
