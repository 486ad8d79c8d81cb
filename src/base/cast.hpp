// Integer conversions that refuse to lose a value.
#pragma once

#include <utility>

#include "base/error.hpp"

namespace cance {

/// `value` as To; Error when it does not fit.
template <class To, class From>
[[nodiscard]] constexpr To to(From value) {
  if (!std::in_range<To>(value)) {
    fail("the number {} does not fit its {}-byte field", value, sizeof(To));
  }
  return static_cast<To>(value);
}

/// A size or count as a signed index.
template <class From>
[[nodiscard]] constexpr long signed_size(From value) {
  return to<long>(value);
}

}  // namespace cance
