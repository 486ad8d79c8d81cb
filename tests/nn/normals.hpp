// Standard normals for tests: the same numbers on every machine.
#pragma once

#include <span>

#include "base/random.hpp"
#include "nn/torch_headers.hpp"

namespace cance::tests {

/// float32, of this shape, from (seed, stream) alone.
inline torch::Tensor normals(torch::IntArrayRef shape, std::uint64_t seed, std::uint64_t stream) {
  torch::Tensor t = torch::empty(shape);
  Random(seed, Purpose::test, stream)
      .fill_normal(std::span(t.mutable_data_ptr<float>(), static_cast<std::size_t>(t.numel())));
  return t;
}

}  // namespace cance::tests
