// Small text helpers for options and messages.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cance {

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string trim(std::string_view text);
/// Up to the first line break, as of an error, where libtorch adds a stack trace.
[[nodiscard]] std::string first_line(std::string_view text);
/// With ASCII letters small.
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// "a, b, ...": of more than `most` parts the first.
[[nodiscard]] std::string join_first(std::vector<std::string> parts, std::size_t most);

/// Whether the bytes are UTF-8 (no overlong forms, no surrogates) on one line.
[[nodiscard]] bool is_utf8_line(std::string_view text);

/// Whether brackets of a JSON text, outside its strings, lie more than `depth` deep.
[[nodiscard]] bool nested_deeper(std::string_view text, std::size_t depth);

/// A field of a CSV line (RFC 4180): in quotes where it holds a comma, a quote or a line break.
/// What a spreadsheet would compute (=, +, - or @ before more than a number) gets a ' in front.
[[nodiscard]] std::string csv_field(const std::string& text);

/// The candidate nearest to `word` by edit distance, if it is near enough to be a slip of the pen.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view word,
                                                      const std::vector<std::string>& candidates);
/// "; did you mean 'x'?" or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& candidates);

/// Shell pattern with * and ?, over the whole text.
[[nodiscard]] bool matches_pattern(std::string_view text, std::string_view pattern);

/// The number that the whole text is, or nothing.
template <class T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

/// "class2" before "class10".
[[nodiscard]] bool natural_less(const std::string& a, const std::string& b);
/// Numbers by value, then texts in their natural order.
[[nodiscard]] bool value_less(const std::string& a, const std::string& b);

/// "0-4", "0,2,5", "0-1,8" as ascending unique numbers; nothing when the text is no such list.
[[nodiscard]] std::optional<std::vector<int>> parse_number_list(std::string_view text);

}  // namespace cance
