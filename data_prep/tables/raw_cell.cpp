#include "data_prep/tables/raw_cell.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"

namespace cance::prep {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  const auto last = text.find_last_not_of(" \t");
  return first == std::string_view::npos ? "" : text.substr(first, last - first + 1);
}

/// What pandas takes for missing, a question mark, infinities, and Excel's words for what failed.
constexpr std::array<std::string_view, 29> kMissing{
    "?",        "na",    "nan",       "n/a",    "null",     "<na>",      "#na",       "#n/a",
    "#n/a n/a", "-nan",  "-nan(ind)", "1.#ind", "-1.#ind",  "1.#qnan",   "-1.#qnan",  "1.#inf",
    "-1.#inf",  "inf",   "-inf",      "+inf",   "infinity", "-infinity", "+infinity", "#div/0!",
    "#value!",  "#ref!", "#name?",    "#num!",  "#null!"};

/// Whether digits alone stand for another whole number than that which was read of them.
bool is_rounded(std::string_view digits, double number) {
  constexpr double kExact = 9007199254740992;  // 2^53
  return std::abs(number) >= kExact &&
         digits.find_first_not_of("-0123456789") == std::string_view::npos &&
         fmt::format("{:.0f}", number) != digits;
}

bool is_missing(std::string_view text) {
  return text.empty() || text == "None" ||  // "none" is as likely a name
         contains(kMissing, lower(text));
}

/// The number that a text with such a decimal mark is.
std::optional<double> number_with(std::string_view digits, char decimal) {
  if (decimal == '.') {
    return parse_number<double>(digits);
  }
  std::string points(digits);
  std::ranges::replace(points, decimal, '.');
  return contains(digits, '.') ? std::nullopt : parse_number<double>(points);
}

}  // namespace

RawCell cell_of(std::string_view field, char decimal) {
  RawCell cell{.text = trimmed(field)};
  std::string_view digits = cell.text;
  digits.remove_prefix(digits.starts_with('+') ? 1 : 0);
  if (const auto number = number_with(digits, decimal); number && std::isfinite(*number)) {
    cell.number = number;
    cell.rounded = is_rounded(digits, *number);
  } else {
    cell.missing = is_missing(cell.text);
  }
  return cell;
}

bool is_label(const RawCell& cell, const std::string& written) {
  const RawCell wanted = cell_of(written);
  return cell.text == wanted.text || (cell.number && cell.number == wanted.number);
}

float number_of(const RawCell& cell, const std::string& where, const std::string& column) {
  require(cell.number.has_value(), "{}, column {}: '{}' is not a number", where, column, cell.text);
  require(std::abs(*cell.number) <= std::numeric_limits<float>::max(),
          "{}, column {}: {} is beyond the numbers of 32 bits", where, column, *cell.number);
  return static_cast<float>(*cell.number);
}

std::vector<std::string> numbered_columns(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back(fmt::format("x{}", i));
  }
  return names;
}

}  // namespace cance::prep
