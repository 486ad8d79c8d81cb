// Where a kernel meets a plane.
#pragma once

#include <cstdint>

namespace cance::nn {

/// Where the patches of a plane lie: patch (row, column) starts at (row stride - top,
/// column stride - left).
struct PatchGrid {
  std::int64_t stride = 1, top = 0, left = 0;
  std::int64_t rows = 0, columns = 0;
};

}  // namespace cance::nn
