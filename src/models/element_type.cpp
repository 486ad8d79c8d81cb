#include "models/element_type.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace cance::models {

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

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie");

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

template <float (*kToFloat)(std::uint16_t)>
std::vector<float> of_bits(std::string_view bytes) {
  return convert<std::uint16_t>(bytes, kToFloat);
}

constexpr std::array kTypes = {ElementType{"F16", "HalfStorage", 2, of_bits<from_half>},
                               ElementType{"BF16", "BFloat16Storage", 2, of_bits<from_bfloat>},
                               ElementType{"F32", "FloatStorage", 4, cast<float>},
                               ElementType{"F64", "DoubleStorage", 8, cast<double>},
                               ElementType{"U8", "ByteStorage", 1, cast<std::uint8_t>},
                               ElementType{"I8", "CharStorage", 1, cast<std::int8_t>},
                               ElementType{"I16", "ShortStorage", 2, cast<std::int16_t>},
                               ElementType{"I32", "IntStorage", 4, cast<std::int32_t>},
                               ElementType{"I64", "LongStorage", 8, cast<std::int64_t>}};

}  // namespace

const ElementType* element_type(std::string_view name) {
  const auto named = [name](const ElementType& t) {
    return name == t.safetensors || name == t.torch;
  };
  const auto found = std::ranges::find_if(kTypes, named);
  return found == kTypes.end() ? nullptr : &*found;
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

}  // namespace cance::models
