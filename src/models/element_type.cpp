#include "models/element_type.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

namespace cance::models {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie");

struct Names {
  std::string_view safetensors, torch;
  ElementType type;
  std::size_t bytes;
};

constexpr std::array kNames = {Names{"F16", "HalfStorage", ElementType::float16, 2},
                               Names{"BF16", "BFloat16Storage", ElementType::bfloat16, 2},
                               Names{"F32", "FloatStorage", ElementType::float32, 4},
                               Names{"F64", "DoubleStorage", ElementType::float64, 8},
                               Names{"U8", "ByteStorage", ElementType::uint8, 1},
                               Names{"I8", "CharStorage", ElementType::int8, 1},
                               Names{"I16", "ShortStorage", ElementType::int16, 2},
                               Names{"I32", "IntStorage", ElementType::int32, 4},
                               Names{"I64", "LongStorage", ElementType::int64, 8}};

float from_half(std::uint16_t bits) {
  const int exponent = (bits >> 10U) & 31U;
  const int fraction = bits & 1023U;
  float value = 0;
  if (exponent == 31) {
    value = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    value = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    value = std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
  }
  return (bits >> 15U) != 0 ? -value : value;
}

float from_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

template <class T, class Convert>
std::vector<float> convert(std::string_view bytes, Convert to_float) {
  std::vector<float> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T element{};
    std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = to_float(element);
  }
  return values;
}

template <class T>
std::vector<float> cast(std::string_view bytes) {
  return convert<T>(bytes, [](T value) { return static_cast<float>(value); });
}

}  // namespace

std::optional<ElementType> element_type(std::string_view name) {
  for (const Names& names : kNames) {
    if (name == names.safetensors || name == names.torch) {
      return names.type;
    }
  }
  return std::nullopt;
}

std::size_t bytes_of(ElementType type) {
  for (const Names& names : kNames) {
    if (type == names.type) {
      return names.bytes;
    }
  }
  return 0;
}

std::size_t bounded_count(const Shape& shape, std::size_t limit) {
  std::size_t count = 1;
  for (const std::size_t extent : shape) {
    if (extent == 0) {
      return 0;
    }
    count = count > limit / extent ? limit + 1 : count * extent;
  }
  return count;
}

std::vector<float> to_floats(ElementType type, std::string_view bytes) {
  switch (type) {
    case ElementType::float16:
      return convert<std::uint16_t>(bytes, from_half);
    case ElementType::bfloat16:
      return convert<std::uint16_t>(bytes, from_bfloat);
    case ElementType::float32:
      return cast<float>(bytes);
    case ElementType::float64:
      return cast<double>(bytes);
    case ElementType::uint8:
      return cast<std::uint8_t>(bytes);
    case ElementType::int8:
      return cast<std::int8_t>(bytes);
    case ElementType::int16:
      return cast<std::int16_t>(bytes);
    case ElementType::int32:
      return cast<std::int32_t>(bytes);
    case ElementType::int64:
      return cast<std::int64_t>(bytes);
  }
  return {};
}

}  // namespace cance::models
