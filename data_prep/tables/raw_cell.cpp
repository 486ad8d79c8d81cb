#include "data_prep/tables/raw_cell.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::prep {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  const auto last = text.find_last_not_of(" \t");
  return first == std::string_view::npos ? "" : text.substr(first, last - first + 1);
}

bool is_missing(std::string_view text) {
  const auto same = [text](std::string_view word) {
    return std::ranges::equal(text, word, [](char a, char b) { return (a | 0x20) == b; });
  };
  return text.empty() || text == "?" || same("na") || same("nan");
}

}  // namespace

RawCell cell_of(std::string_view field) {
  RawCell cell{.text = trimmed(field)};
  cell.missing = is_missing(cell.text);
  std::string_view digits = cell.text;
  digits.remove_prefix(digits.starts_with('+') ? 1 : 0);
  if (const auto number = parse_number<double>(digits); number && std::isfinite(*number)) {
    cell.number = number;
  }
  return cell;
}

float number_of(const RawCell& cell, const std::string& where, const std::string& column) {
  require(cell.number.has_value(), "{}, column {}: '{}' is not a number", where, column, cell.text);
  require(std::abs(*cell.number) <= std::numeric_limits<float>::max(),
          "{}, column {}: {} is beyond the numbers of 32 bits", where, column, *cell.number);
  return static_cast<float>(*cell.number);
}

}  // namespace cance::prep
