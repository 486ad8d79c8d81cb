// Small tar archives (ustar) for tests.
#pragma once

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/files.hpp"

namespace cance::tests {

/// The files below `folder` ("a/" or ""), in this order.
inline Bytes tar_bytes(const std::string& folder,
                       const std::vector<std::pair<std::string, Bytes>>& files) {
  constexpr std::size_t kBlock = 512;
  Bytes tar;
  for (const auto& [name, bytes] : files) {
    std::string head(kBlock, '\0');
    const auto put = [&head](std::size_t place, const std::string& text) {
      std::ranges::copy(text, head.begin() + static_cast<std::ptrdiff_t>(place));
    };
    const auto octal = [](std::size_t value, int digits) {
      std::string text(32, '\0');
      text.resize(static_cast<std::size_t>(
          std::snprintf(text.data(), text.size(), "%0*zo", digits, value)));
      return text;
    };
    put(0, folder + name);
    put(100, octal(0644, 7));
    put(124, octal(bytes.size(), 11));
    put(136, octal(0, 11));
    put(148, "        ");
    put(156, "0");
    put(257, std::string("ustar\0"
                         "00",
                         8));
    const auto sum = std::accumulate(head.begin(), head.end(), std::size_t{0});
    put(148, octal(sum, 6) + '\0');
    tar.insert(tar.end(), head.begin(), head.end());
    tar.insert(tar.end(), bytes.begin(), bytes.end());
    tar.resize((tar.size() + kBlock - 1) / kBlock * kBlock);
  }
  tar.resize(tar.size() + 2 * kBlock);
  return tar;
}

}  // namespace cance::tests
