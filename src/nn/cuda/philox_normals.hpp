// The float32 normals of base/random, for compilers of device code too: Philox4x32-10 and
// Box-Muller, four numbers a block.
#pragma once

#include <cstdint>

#include "base/box_muller.hpp"

namespace cance::nn {

/// Normals number 4 block to 4 block + 3 of the stream with this key and upper half of the counter.
CANCE_INLINE void four_normals(std::uint64_t block, std::uint32_t key0, std::uint32_t key1,
                               std::uint32_t upper0, std::uint32_t upper1, float* four) {
  std::uint32_t c[4] = {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32U),
                        upper0, upper1};
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * c[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * c[2];
    c[0] = static_cast<std::uint32_t>(p1 >> 32U) ^ c[1] ^ key0;
    c[2] = static_cast<std::uint32_t>(p0 >> 32U) ^ c[3] ^ key1;
    c[1] = static_cast<std::uint32_t>(p1);
    c[3] = static_cast<std::uint32_t>(p0);
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  box_muller(c[0], c[1], four[0], four[1]);
  box_muller(c[2], c[3], four[2], four[3]);
}

}  // namespace cance::nn
