// Small matrices written out in tests.
#pragma once

#include <initializer_list>
#include <vector>

#include "nn/tensor.hpp"

namespace cance::tests {

/// (rows, columns) of these numbers, float64 unless another type is named.
inline at::Tensor matrix(std::initializer_list<std::vector<double>> rows,
                         at::ScalarType type = at::kDouble) {
  std::vector<at::Tensor> all;
  for (const auto& row : rows) {
    all.push_back(at::tensor(row, at::kDouble));
  }
  return at::stack(all).to(type);
}

}  // namespace cance::tests
