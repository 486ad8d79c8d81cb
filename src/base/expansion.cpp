#include "base/expansion.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"

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
  const auto value = parse_number<std::uintmax_t>(set).value_or(0);
  require(value > 0, "the environment variable {} is '{}', expected a whole number from 1 on",
          kExpansionVariable, set);
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
