// Extents of arrays and rows.
#pragma once

#include <cstddef>
#include <vector>

namespace cance {

/// Extents, slowest first, for example (rows, channels, height, width).
using Shape = std::vector<std::size_t>;

/// How many elements an array of this shape has: 1 for no extents. Error where no size_t holds it.
[[nodiscard]] std::size_t element_count(const Shape& shape);

}  // namespace cance
