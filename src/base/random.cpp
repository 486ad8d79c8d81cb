#include "base/random.hpp"

#include <cmath>
#include <numbers>
#include <numeric>

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

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  auto [c0, c1, c2, c3] = counter;
  auto [k0, k1] = key;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = static_cast<std::uint64_t>(kMultiplier0) * c0;
    const std::uint64_t p1 = static_cast<std::uint64_t>(kMultiplier1) * c2;
    c0 = high(p1) ^ c1 ^ k0;
    c2 = high(p0) ^ c3 ^ k1;
    c1 = low(p1);
    c3 = low(p0);
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  return {c0, c1, c2, c3};
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
  const auto unit = [](std::uint32_t bits) {
    return (static_cast<float>(bits >> 8U) + 0.5F) * 0x1.0p-24F;
  };
  std::array<float, 4> four{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint64_t index = first + i;
    if (i == 0 || index % 4 == 0) {
      const auto words = block(index / 4);
      for (std::size_t pair = 0; pair < 2; ++pair) {
        const float radius = std::sqrt(-2.0F * std::log(unit(words[2 * pair])));
        const float angle = 2.0F * std::numbers::pi_v<float> * unit(words[2 * pair + 1]);
        four[2 * pair] = radius * std::cos(angle);
        four[2 * pair + 1] = radius * std::sin(angle);
      }
    }
    out[i] = four[index % 4];
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
