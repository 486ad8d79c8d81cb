// Random numbers as tensors.
#pragma once

#include "base/random.hpp"
#include "nn/compute.hpp"

namespace cance::nn {

/// Standard normals of this shape on the host, float32 or float64 (each a stream of its own): those
/// of row `first` of the stream and on, a row being all extents but the first.
[[nodiscard]] at::Tensor normals(at::IntArrayRef shape, const Random& random,
                                 std::int64_t first = 0, at::ScalarType type = at::kFloat);
/// Those of float32 on the device and in the precision of `compute`. A GPU draws them itself where
/// libcance-cuda.so has its part; they then have the host's bits.
[[nodiscard]] at::Tensor normals(at::IntArrayRef shape, const Random& random, std::int64_t first,
                                 const Compute& compute);

}  // namespace cance::nn
