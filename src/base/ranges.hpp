// What the ranges of the standard library have from C++23 on.
#pragma once

#include <algorithm>
#include <functional>
#include <ranges>
#include <vector>

namespace cance {

/// What `get`, a function or a member, gives of each element.
template <std::ranges::input_range Range, class Get>
[[nodiscard]] auto mapped(Range&& range, Get get) {
  std::vector<std::decay_t<decltype(std::invoke(get, *std::ranges::begin(range)))>> values;
  if constexpr (std::ranges::sized_range<Range>) {
    values.reserve(static_cast<std::size_t>(std::ranges::size(range)));
  }
  for (auto&& item : range) {
    values.push_back(std::invoke(get, item));
  }
  return values;
}

/// Whether an element, or what `get` gives of it, is this value.
template <std::ranges::input_range Range, class Value, class Get = std::identity>
[[nodiscard]] bool contains(const Range& range, const Value& value, Get get = {}) {
  return std::ranges::find(range, value, get) != std::ranges::end(range);
}

}  // namespace cance
