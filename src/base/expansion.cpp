#include "base/expansion.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "base/error.hpp"

namespace cance {
namespace {

constexpr const char* kExpansionVariable = "CANCE_EXPANSION";
constexpr std::uintmax_t kExpansion = 200;
constexpr std::uintmax_t kAlwaysUnpacked = std::uintmax_t{64} << 20U;

std::uintmax_t expansion() {
  const char* const set = std::getenv(kExpansionVariable);
  if (set == nullptr || *set == '\0') {
    return kExpansion;
  }
  const std::string_view text(set);
  std::uintmax_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  require(error == std::errc() && end == text.data() + text.size() && value > 0,
          "the environment variable {} is '{}', expected a whole number from 1 on",
          kExpansionVariable, text);
  return value;
}

}  // namespace

std::uintmax_t most_unpacked(std::uintmax_t packed) {
  const std::uintmax_t factor = expansion();
  const std::uintmax_t most = packed > std::numeric_limits<std::uintmax_t>::max() / factor
                                  ? std::numeric_limits<std::uintmax_t>::max()
                                  : packed * factor;
  return std::max(kAlwaysUnpacked, most);
}

void require_unpacked(std::uintmax_t bytes, std::uintmax_t packed, const std::string& where) {
  const std::uintmax_t most = most_unpacked(packed);
  require(bytes <= most,
          "{}: {} bytes out of a file of {}, more than the {} that may come of it; where it is "
          "trusted, set the environment variable {} to {} or more",
          where, bytes, packed, most, kExpansionVariable,
          bytes / std::max<std::uintmax_t>(packed, 1) + 1);
}

}  // namespace cance
