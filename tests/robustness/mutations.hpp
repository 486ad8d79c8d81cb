// Seeded damage to files, and the memory that reading them took.
#pragma once

#include <sys/resource.h>

#include "base/random.hpp"
#include "tests/support/files.hpp"

namespace cance::tests {

#ifdef __SANITIZE_ADDRESS__
inline constexpr long kMostKibibytes =
    1024L * 1024;  // the sanitizer keeps freed memory for a while
#else
inline constexpr long kMostKibibytes = 64L * 1024;
#endif

/// One to four changes: a bit, a byte, a cut, an insertion, a doubled tail, or an extreme 32-bit
/// number near the head.
inline Bytes mutate(Bytes bytes, std::uint64_t number) {
  const Random random(11, Purpose::test, number);
  std::uint64_t draw = 0;
  const auto below = [&](std::size_t bound) {
    return static_cast<std::size_t>(random.below(bound, draw++));
  };
  for (std::size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = below(bytes.size());
    const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << below(8)));
        break;
      case 1:
        bytes[at] = static_cast<std::uint8_t>(below(256));
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.insert(place, static_cast<std::uint8_t>(below(256)));
        break;
      case 4: {
        const Bytes tail(place, bytes.end());
        bytes.insert(bytes.end(), tail.begin(), tail.end());
        break;
      }
      default:
        for (std::size_t i = 4 * below(4), end = i + 4; i < end && i < bytes.size(); ++i) {
          bytes[i] = below(2) == 0 ? std::uint8_t{0xFF} : std::uint8_t{0x7F};
        }
    }
  }
  return bytes;
}

inline long peak_kibibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace cance::tests
