// Gradients against central differences.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "tests/support/normals.hpp"

namespace cance::tests {

/// All numbers of t in the order in which `like`, which has its shape, lies in memory.
inline at::Tensor as_in_memory(const at::Tensor& t, const at::Tensor& like) {
  const bool channels_last = like.dim() == 4 && like.is_contiguous(at::MemoryFormat::ChannelsLast);
  return channels_last ? t.permute({0, 2, 3, 1}).flatten() : t.flatten();
}

/// The gradients of `loss` with respect to some numbers of every float64 leaf, by backward and by
/// moving the number.
inline void expect_gradients(const std::vector<at::Tensor>& leaves,
                             const std::function<at::Tensor()>& loss, double step = 1e-6,
                             double tolerance = 1e-6) {
  for (const at::Tensor& leaf : leaves) {
    leaf.mutable_grad().reset();
  }
  loss().backward();
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    const at::Tensor flat = as_in_memory(leaves[k].detach(), leaves[k]);
    ASSERT_TRUE(flat.is_alias_of(leaves[k])) << "leaf " << k << " is not contiguous";
    const std::int64_t stride = std::max<std::int64_t>(1, flat.size(0) / 5);
    for (std::int64_t i = 0; i < flat.size(0); i += stride) {
      const double before = flat[i].item<double>();
      const auto at = [&](double value) {
        flat[i] = value;
        const at::NoGradGuard no_grad;
        return loss().item<double>();
      };
      const double expected = (at(before + step) - at(before - step)) / (2 * step);
      flat[i] = before;
      const double actual = as_in_memory(leaves[k].grad(), leaves[k])[i].item<double>();
      EXPECT_NEAR(actual, expected, tolerance * (1 + std::abs(expected)))
          << "leaf " << k << ", number " << i;
    }
  }
}

}  // namespace cance::tests
