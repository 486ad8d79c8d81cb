// Counts in messages and tables.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>

namespace cance {

/// "1 cell", "3 cells".
[[nodiscard]] std::string plural(std::integral auto count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

}  // namespace cance
