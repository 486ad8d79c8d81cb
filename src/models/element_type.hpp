// Number types of foreign weight files, and their values as float.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "hdf5/group.hpp"

namespace cance::models {

/// From half precision (IEEE 754 binary16), which every float holds.
[[nodiscard]] float from_half(std::uint16_t bits);

/// A type of little-endian numbers.
struct ElementType {
  std::string_view safetensors, torch;  ///< its names: "F32", "FloatStorage"
  std::size_t bytes;
  /// As float; a length that is no multiple of `bytes` loses the rest.
  std::vector<float> (*to_floats)(std::string_view numbers);
};

/// By one of its names; null for any other.
[[nodiscard]] const ElementType* element_type(std::string_view name);
/// Elements of a shape that a damaged file may give: `limit` + 1 when they are more than `limit`.
[[nodiscard]] std::size_t bounded_count(const Shape& shape, std::size_t limit);

}  // namespace cance::models
