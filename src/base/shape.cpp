#include "base/shape.hpp"

#include <fmt/ranges.h>

#include <cstdint>

#include "base/error.hpp"

namespace cance {

std::size_t element_count(const Shape& shape) {
  std::size_t count = 1;
  for (const std::size_t extent : shape) {
    require(extent == 0 || count <= SIZE_MAX / extent, "an array of shape ({}) is too large",
            fmt::join(shape, ", "));
    count *= extent;
  }
  return count;
}

}  // namespace cance
