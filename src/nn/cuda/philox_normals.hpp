// The float32 normals of base/random, for compilers of device code too: Philox4x32-10 and
// Box-Muller, four numbers a block.
#pragma once

#include <cmath>
#include <cstdint>

#ifdef __CUDACC__
#define CANCE_DEVICE __host__ __device__
#else
#define CANCE_DEVICE
#endif

namespace cance::nn {

/// 32 bits, of which 24 count, to the open interval (0, 1).
CANCE_DEVICE inline float unit_of(std::uint32_t bits) {
  return (static_cast<float>(bits >> 8U) + 0.5F) * 0x1.0p-24F;
}

/// Two standard normals.
CANCE_DEVICE inline void two_normals(std::uint32_t radius_bits, std::uint32_t angle_bits,
                                     float* two) {
  const float radius = sqrtf(-2.0F * logf(unit_of(radius_bits)));
  const float angle = 6.28318530717958647692F * unit_of(angle_bits);
  two[0] = radius * cosf(angle);
  two[1] = radius * sinf(angle);
}

/// Normals number 4 block to 4 block + 3 of the stream with this key and upper half of the counter.
CANCE_DEVICE inline void four_normals(std::uint64_t block, std::uint32_t key0, std::uint32_t key1,
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
  two_normals(c[0], c[1], four);
  two_normals(c[2], c[3], four + 2);
}

}  // namespace cance::nn
