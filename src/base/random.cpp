#include "base/random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/box_muller.hpp"

namespace cance {
namespace {

constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85;

std::uint32_t low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
std::uint32_t high(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32U); }
std::uint64_t join(std::uint32_t upper, std::uint32_t lower) {
  return (static_cast<std::uint64_t>(upper) << 32U) | lower;
}

/// 64 bits to the open interval (0, 1).
double open_unit(std::uint64_t bits) {
  return (static_cast<double>(bits >> 12U) + 0.5) * 0x1.0p-52;
}

/// Four words of `lanes` blocks, word by word so that the compiler makes vector code of the lanes.
template <std::size_t lanes>
using Words = std::array<std::array<std::uint32_t, lanes>, 4>;

/// The ten rounds, from counters to random words.
template <std::size_t lanes>
void philox_rounds(Words<lanes>& c, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < lanes; ++i) {
      const std::uint64_t p0 = static_cast<std::uint64_t>(kMultiplier0) * c[0][i];
      const std::uint64_t p1 = static_cast<std::uint64_t>(kMultiplier1) * c[2][i];
      c[0][i] = high(p1) ^ c[1][i] ^ key[0];
      c[2][i] = high(p0) ^ c[3][i] ^ key[1];
      c[1][i] = low(p1);
      c[3][i] = low(p0);
    }
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  Words<1> words{{{counter[0]}, {counter[1]}, {counter[2]}, {counter[3]}}};
  philox_rounds(words, key);
  return {words[0][0], words[1][0], words[2][0], words[3][0]};
}

Random::Random(std::uint64_t seed, Purpose purpose, std::uint64_t step)
    : key_{low(seed), high(seed)},
      high_{static_cast<std::uint32_t>(purpose) ^ (high(step) << 8U), low(step)} {}

std::array<std::uint32_t, 4> Random::block(std::uint64_t index) const {
  return philox({low(index), high(index), high_[0], high_[1]}, key_);
}

double Random::uniform(std::uint64_t index) const {
  const auto words = block(index / 2);
  return index % 2 == 0 ? open_unit(join(words[0], words[1])) : open_unit(join(words[2], words[3]));
}

double Random::normal(std::uint64_t index) const {
  const auto words = block(index / 2);
  const double radius = std::sqrt(-2.0 * std::log(open_unit(join(words[0], words[1]))));
  const double angle = 2.0 * std::numbers::pi * open_unit(join(words[2], words[3]));
  return radius * (index % 2 == 0 ? std::cos(angle) : std::sin(angle));
}

std::uint64_t Random::below(std::uint64_t bound, std::uint64_t index) const {
  const auto words = block(index / 2);
  const std::uint64_t bits = index % 2 == 0 ? join(words[0], words[1]) : join(words[2], words[3]);
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(bits) * bound) >> 64U);
}

void Random::fill_normal(std::span<float> out, std::uint64_t first) const {
  constexpr std::size_t kLanes = 32;  // loops of fewer are unrolled before they become vector code
  constexpr std::uint64_t kGroup = 4 * kLanes;  // normals of so many blocks
  const std::uint64_t end = first + out.size();
  for (std::uint64_t start = first - first % kGroup; start < end; start += kGroup) {
    Words<kLanes> words;
    for (std::size_t i = 0; i < kLanes; ++i) {
      const std::uint64_t index = start / 4 + i;
      words[0][i] = low(index);
      words[1][i] = high(index);
      words[2][i] = high_[0];
      words[3][i] = high_[1];
    }
    philox_rounds(words, key_);
    const std::size_t from = std::max(start, first) - start;
    const std::size_t to = std::min(start + kGroup, end) - start;
    std::array<float, kGroup> normals;
    for (std::size_t i = 0; i < kLanes; ++i) {
      box_muller(words[0][i], words[1][i], normals[4 * i], normals[4 * i + 1]);
      box_muller(words[2][i], words[3][i], normals[4 * i + 2], normals[4 * i + 3]);
    }
    std::copy(&normals[from], normals.data() + to, &out[start + from - first]);
  }
}

void Random::fill_normal(std::span<double> out, std::uint64_t first) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = normal(first + i);
  }
}

void Random::fill_uniform(std::span<double> out, std::uint64_t first) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = uniform(first + i);
  }
}

std::vector<std::int64_t> Random::permutation(std::size_t n) const {
  std::vector<std::int64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = n; i > 1; --i) {
    std::swap(order[i - 1], order[below(i, i)]);
  }
  return order;
}

}  // namespace cance
