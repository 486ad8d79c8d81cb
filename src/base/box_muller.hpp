// From random bits to float32 normals, by operations that all processors round alike, so that what
// is drawn depends neither on vector width nor on device. For compilers of device code too.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#ifdef __CUDACC__
#define CANCE_INLINE __host__ __device__ __forceinline__
#else
#define CANCE_INLINE [[gnu::always_inline]] inline  // compiled as the source that calls it
#endif

namespace cance {

/// -ln((k + 1/2) / 2^24) of k < 2^24, k + 1/2 as float32 rounds it, so 0 at the last k: Cephes'
/// logf on [sqrt(1/2), sqrt(2)).
CANCE_INLINE float minus_log_unit(std::int32_t k) {
  constexpr std::int32_t kRootOfHalf = 0x3F3504F3;  // as bits
  const float value = static_cast<float>(k) + 0.5F;
  std::int32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  const std::int32_t exponent = (bits - kRootOfHalf) >> 23;
  bits -= exponent * (1 << 23);
  float x = 0;
  std::memcpy(&x, &bits, sizeof x);
  x -= 1.0F;
  const auto e = static_cast<float>(exponent - 24);
  float p = 7.0376836292e-2F;
  p = p * x - 1.1514610310e-1F;
  p = p * x + 1.1676998740e-1F;
  p = p * x - 1.2420140846e-1F;
  p = p * x + 1.4249322787e-1F;
  p = p * x - 1.6668057665e-1F;
  p = p * x + 2.0000714765e-1F;
  p = p * x - 2.4999993993e-1F;
  p = p * x + 3.3333331174e-1F;
  const float square = x * x;
  const float rest = p * x * square - 2.12194440e-4F * e - 0.5F * square;
  return -(rest + x + 0.693359375F * e);
}

/// Two standard normals (Box-Muller) of 24 bits each: the radius, and the angle in turns, of which
/// what is beyond the nearest quarter is exact; Cephes' sinf and cosf on [-pi/4, pi/4].
CANCE_INLINE void box_muller(std::uint32_t radius_bits, std::uint32_t angle_bits, float& first,
                             float& second) {
  const float radius =
      std::sqrt(2.0F * minus_log_unit(static_cast<std::int32_t>(radius_bits >> 8U)));
  const auto turn = static_cast<std::int32_t>(angle_bits >> 8U) * 2 + 1;  // of 2^25
  const std::int32_t quarter = (turn + (1 << 22)) >> 23;
  const float angle = static_cast<float>(turn - quarter * (1 << 23)) * 1.8725351414619643e-7F;
  const float square = angle * angle;
  float s = -1.9515295891e-4F;
  s = s * square + 8.3321608736e-3F;
  s = s * square - 1.6666654611e-1F;
  const float sine = s * square * angle + angle;
  float c = 2.443315711809948e-5F;
  c = c * square - 1.388731625493765e-3F;
  c = c * square + 4.166664568298827e-2F;
  const float cosine = c * square * square - 0.5F * square + 1.0F;
  const bool odd = (quarter & 1) != 0;
  const float x = odd ? sine : cosine;
  const float y = odd ? cosine : sine;
  first = radius * (((quarter + 1) & 2) != 0 ? -x : x);
  second = radius * ((quarter & 2) != 0 ? -y : y);
}

}  // namespace cance
