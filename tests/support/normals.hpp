// Standard normals for tests: the same numbers on every machine.
#pragma once

#include <span>

#include "base/random.hpp"
#include "nn/tensor.hpp"

namespace cance::tests {

/// float32, of this shape, from (seed, stream) alone.
inline at::Tensor normals(at::IntArrayRef shape, std::uint64_t seed, std::uint64_t stream) {
  at::Tensor t = at::empty(shape);
  Random(seed, Purpose::test, stream)
      .fill_normal(std::span(t.mutable_data_ptr<float>(), static_cast<std::size_t>(t.numel())));
  return t;
}

}  // namespace cance::tests
