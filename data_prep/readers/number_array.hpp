// An array of any number type, as raw formats hold it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace cance::prep {

struct NumberArray {
  /// Values of one of these types, row-major; bool as std::uint8_t.
  using Values =
      std::variant<std::vector<float>, std::vector<double>, std::vector<std::int8_t>,
                   std::vector<std::int16_t>, std::vector<std::int32_t>, std::vector<std::int64_t>,
                   std::vector<std::uint8_t>, std::vector<std::uint16_t>,
                   std::vector<std::uint32_t>, std::vector<std::uint64_t>>;

  std::vector<std::size_t> shape;  ///< empty for a single number
  Values values;

  /// "3 x 4", or "one number".
  [[nodiscard]] std::string shape_text() const;
};

/// From columns first to rows first: value (i, j, k) lies at i + I (j + J k).
template <class T>
void to_row_major(const std::vector<std::size_t>& shape, std::vector<T>& values) {
  std::vector<T> rows(values.size());
  std::vector<std::size_t> index(shape.size());
  for (T& value : rows) {
    std::size_t place = 0;
    for (std::size_t d = shape.size(); d-- > 0;) {
      place = place * shape[d] + index[d];
    }
    value = values[place];
    for (std::size_t d = shape.size(); d-- > 0 && ++index[d] == shape[d];) {
      index[d] = 0;
    }
  }
  values = std::move(rows);
}

/// Rows [n, d] as float32, out of an array of two dimensions. Errors, with `where`, row and column:
/// other dimensions, no rows or columns, a value that is not a finite number of 32 bits.
[[nodiscard]] std::vector<float> table_rows(const NumberArray& array, const std::string& where);

/// The array's numbers as they are, one after another, in float64.
[[nodiscard]] std::vector<double> as_doubles(const NumberArray& array);

/// Labels [n] out of [n], [n, 1] or [1, n], each a whole number. Errors: another shape, a broken
/// number or one beyond 32 bits.
[[nodiscard]] std::vector<std::int32_t> label_column(const NumberArray& array,
                                                     const std::string& where);

}  // namespace cance::prep
