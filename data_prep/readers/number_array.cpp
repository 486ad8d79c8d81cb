#include "data_prep/readers/number_array.hpp"

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/ranges.hpp"

namespace cance::prep {

std::string NumberArray::shape_text() const {
  return shape.empty() ? "one number" : fmt::format("{}", fmt::join(shape, " x "));
}

std::vector<float> table_rows(const NumberArray& array, const std::string& where) {
  require(array.shape.size() == 2, "{}: {}, expected rows x columns", where, array.shape_text());
  const std::size_t columns = array.shape[1];
  require(array.shape[0] > 0 && columns > 0, "{}: {}, expected at least one row and one column",
          where, array.shape_text());
  std::vector<float> rows;
  rows.reserve(array.shape[0] * columns);
  std::visit(
      [&](const auto& values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
          const auto value = static_cast<double>(values[i]);
          require(std::abs(value) <= std::numeric_limits<float>::max(),
                  "{}: row {}, column {}: {} is not a finite number of 32 bits", where, i / columns,
                  i % columns, value);
          rows.push_back(static_cast<float>(value));
        }
      },
      array.values);
  return rows;
}

std::vector<double> as_doubles(const NumberArray& array) {
  return std::visit(
      [](const auto& values) {
        return mapped(values, [](auto value) { return static_cast<double>(value); });
      },
      array.values);
}

std::vector<std::int32_t> label_column(const NumberArray& array, const std::string& where) {
  const auto& shape = array.shape;
  require(shape.size() == 1 || (shape.size() == 2 && (shape[0] == 1 || shape[1] == 1)),
          "{}: labels of shape {}, expected one number a row", where, array.shape_text());
  const std::vector<double> values = as_doubles(array);
  std::vector<std::int32_t> labels;
  labels.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    require(values[i] == std::floor(values[i]) &&
                std::abs(values[i]) <= std::numeric_limits<std::int32_t>::max(),
            "{}: label {} in row {}, expected a whole number", where, values[i], i);
    labels.push_back(static_cast<std::int32_t>(values[i]));
  }
  return labels;
}

}  // namespace cance::prep
