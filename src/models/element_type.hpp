// Number types of foreign weight files, and their values as float.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "hdf5/group.hpp"

namespace cance::models {

enum class ElementType { float16, bfloat16, float32, float64, uint8, int8, int16, int32, int64 };

/// By its name in safetensors ("F32") or in torch ("FloatStorage"); nothing for any other.
[[nodiscard]] std::optional<ElementType> element_type(std::string_view name);
[[nodiscard]] std::size_t bytes_of(ElementType type);
/// Elements of a shape that a damaged file may give: `limit` + 1 when they are more than `limit`.
[[nodiscard]] std::size_t bounded_count(const Shape& shape, std::size_t limit);
/// Little-endian numbers as float; a length that is no multiple of their size loses the rest.
[[nodiscard]] std::vector<float> to_floats(ElementType type, std::string_view bytes);

}  // namespace cance::models
