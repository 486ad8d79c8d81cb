// Random numbers as tensors.
#pragma once

#include "base/random.hpp"
#include "nn/torch_headers.hpp"

namespace cance::nn {

/// Standard normals of this shape on the host, float32 or float64 (each a stream of its own): those
/// of row `first` of the stream and on, a row being all extents but the first.
[[nodiscard]] torch::Tensor normals(torch::IntArrayRef shape, const Random& random,
                                    std::int64_t first = 0,
                                    torch::ScalarType type = torch::kFloat32);

}  // namespace cance::nn
