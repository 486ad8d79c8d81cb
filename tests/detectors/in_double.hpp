// Tests of methods in float64, which hold formulas at 1e-10.
#pragma once

#include "nn/compute.hpp"
#include "tests/support/normals.hpp"

namespace cance::detectors {

inline const nn::Compute kDouble{at::kDouble, at::kCPU, "cpu", {}, false};

inline at::Tensor normals(at::IntArrayRef shape, std::uint64_t stream) {
  return tests::normals(shape, 5, stream).to(at::kDouble);
}

}  // namespace cance::detectors
