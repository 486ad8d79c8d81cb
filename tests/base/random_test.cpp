// Philox against the known answers of Random123, distributions, and independence of how a stream is
// cut.
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <set>

namespace cance {
namespace {

using Block = std::array<std::uint32_t, 4>;
using Key = std::array<std::uint32_t, 2>;

TEST(Philox, KnownAnswersOfRandom123) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox({kOnes, kOnes, kOnes, kOnes}, Key{kOnes, kOnes}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

/// Mean, variance, skewness and kurtosis of standardised values.
std::array<double, 4> sample_moments(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  std::array<double, 4> raw{};
  for (const double x : values) {
    raw[0] += x / n;
    raw[1] += x * x / n;
    raw[2] += x * x * x / n;
    raw[3] += x * x * x * x / n;
  }
  return raw;
}

constexpr std::size_t kDraws = 400'000;
const double kStandardError = 1 / std::sqrt(static_cast<double>(kDraws));

void expect_standard_normal(const std::vector<double>& values) {
  const auto moments = sample_moments(values);
  EXPECT_NEAR(moments[0], 0, 5 * kStandardError);
  EXPECT_NEAR(moments[1], 1, 5 * std::sqrt(2.0) * kStandardError);
  EXPECT_NEAR(moments[2], 0, 5 * std::sqrt(15.0) * kStandardError);
  EXPECT_NEAR(moments[3], 3, 5 * std::sqrt(96.0) * kStandardError);
  double beyond = 0;
  for (const double x : values) {
    beyond += std::abs(x) > 1.959963984540054 ? 1.0 / kDraws : 0;
  }
  EXPECT_NEAR(beyond, 0.05, 5 * std::sqrt(0.05 * 0.95) * kStandardError);
}

TEST(Random, NormalsHaveNormalMoments) {
  std::vector<double> doubles(kDraws);
  Random(1, Purpose::test).fill_normal(doubles);
  expect_standard_normal(doubles);
  std::vector<float> floats(kDraws);
  Random(1, Purpose::test).fill_normal(floats);
  expect_standard_normal({floats.begin(), floats.end()});
}

TEST(Random, FloatNormalsAreBoxMullersOfTheirWords) {
  std::vector<float> drawn(100'000);
  const Random random(11, Purpose::test, 3);
  random.fill_normal(drawn);
  for (std::uint32_t i = 0; i < drawn.size(); i += 2) {
    const Block words = philox({i / 4, 0, random.upper()[0], random.upper()[1]}, random.key());
    const float unit = (static_cast<float>(words[i % 4] >> 8U) + 0.5F) * 0x1p-24F;
    const double radius = std::sqrt(-2 * std::log(static_cast<double>(unit)));
    const double angle = 2 * std::numbers::pi * ((words[i % 4 + 1] >> 8U) + 0.5) * 0x1p-24;
    ASSERT_NEAR(drawn[i], radius * std::cos(angle), 3e-7 * radius) << i;
    ASSERT_NEAR(drawn[i + 1], radius * std::sin(angle), 3e-7 * radius) << i;
  }
}

TEST(Random, FloatNormalsHaveTheSameBitsOnEveryProcessor) {
  std::vector<float> drawn(1U << 18U);
  Random(1, Purpose::test).fill_normal(drawn);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    sum += (2 * i + 1) * std::bit_cast<std::uint32_t>(drawn[i]);
  }
  EXPECT_EQ(drawn[0], -0x1.44728ap+0F);
  EXPECT_EQ(sum, 0xef4bdedfe4e20cb4U);  // by numpy, one operation of float32 after another
}

TEST(Random, NeighboursAreUncorrelated) {
  std::vector<double> values(kDraws);
  Random(2, Purpose::test).fill_normal(values);
  for (const std::size_t lag : {1U, 2U, 3U, 4U}) {
    double product = 0;
    for (std::size_t i = lag; i < kDraws; ++i) {
      product += values[i] * values[i - lag] / kDraws;
    }
    EXPECT_NEAR(product, 0, 5 * kStandardError) << lag;
  }
}

TEST(Random, UniformsAreInsideTheUnitIntervalAndUniform) {
  std::vector<double> values(kDraws);
  Random(3, Purpose::test).fill_uniform(values);
  EXPECT_GT(std::ranges::min(values), 0);
  EXPECT_LT(std::ranges::max(values), 1);
  const auto moments = sample_moments(values);
  EXPECT_NEAR(moments[0], 0.5, 5 * kStandardError * std::sqrt(1.0 / 12));
  EXPECT_NEAR(moments[1], 1.0 / 3, 5 * kStandardError * std::sqrt(4.0 / 45));
  std::ranges::sort(values);
  double largest_gap = 0;  // Kolmogorov-Smirnov
  for (std::size_t i = 0; i < kDraws; ++i) {
    largest_gap = std::max(largest_gap, std::abs(values[i] - static_cast<double>(i) / kDraws));
  }
  EXPECT_LT(largest_gap, 2 * kStandardError);
}

template <class T, class Fill>
void expect_slices_equal_whole(Fill fill) {
  std::vector<T> whole(101);
  fill(std::span<T>(whole), std::uint64_t{0});
  for (const std::size_t cut : {1U, 2U, 3U, 4U, 5U, 50U, 99U}) {
    std::vector<T> parts(101);
    fill(std::span<T>(parts).first(cut), std::uint64_t{0});
    fill(std::span<T>(parts).subspan(cut), std::uint64_t{cut});
    EXPECT_EQ(parts, whole) << "cut at " << cut;
  }
}

TEST(Random, SlicesDoNotDependOnTheSplit) {
  const Random random(4, Purpose::test, 17);
  expect_slices_equal_whole<float>(
      [&](std::span<float> out, std::uint64_t first) { random.fill_normal(out, first); });
  expect_slices_equal_whole<double>(
      [&](std::span<double> out, std::uint64_t first) { random.fill_normal(out, first); });
  expect_slices_equal_whole<double>(
      [&](std::span<double> out, std::uint64_t first) { random.fill_uniform(out, first); });
  std::vector<double> filled(9);
  random.fill_normal(filled, 5);
  for (std::size_t i = 0; i < filled.size(); ++i) {
    EXPECT_EQ(filled[i], random.normal(5 + i));
  }
}

TEST(Random, SeedPurposeStepAndIndexAllMatter) {
  const std::uint64_t far = std::uint64_t{1} << 40U;
  const std::set<double> draws = {
      Random(1, Purpose::test, 0).uniform(0),       Random(2, Purpose::test, 0).uniform(0),
      Random(1 + far, Purpose::test, 0).uniform(0), Random(1, Purpose::noise, 0).uniform(0),
      Random(1, Purpose::test, 1).uniform(0),       Random(1, Purpose::test, far).uniform(0),
      Random(1, Purpose::test, 0).uniform(1),       Random(1, Purpose::test, 0).uniform(far),
      Random(1, Purpose::tie_break, 0).uniform(0)};
  EXPECT_EQ(draws.size(), 9U);
  EXPECT_EQ(Random(1, Purpose::test, 3).uniform(8), Random(1, Purpose::test, 3).uniform(8));
}

TEST(Random, BelowIsUniformOnItsRange) {
  const Random random(5, Purpose::test);
  std::array<int, 7> counts{};
  for (std::uint64_t i = 0; i < 70'000; ++i) {
    ++counts.at(random.below(7, i));
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, 10'000, 5 * std::sqrt(10'000.0));
  }
  EXPECT_EQ(random.below(1, 3), 0U);
}

TEST(Random, PermutationHoldsEveryNumberOnceAndFixesAboutOne) {
  double fixed_points = 0;
  for (std::uint64_t step = 0; step < 200; ++step) {
    const auto order = Random(6, Purpose::shuffle, step).permutation(100);
    for (std::size_t i = 0; i < order.size(); ++i) {
      fixed_points += order[i] == static_cast<std::int64_t>(i) ? 1 : 0;
    }
    const std::set<std::int64_t> distinct(order.begin(), order.end());
    ASSERT_EQ(distinct.size(), 100U);
    EXPECT_EQ(*distinct.begin(), 0);
    EXPECT_EQ(*distinct.rbegin(), 99);
  }
  EXPECT_NEAR(fixed_points / 200, 1, 0.4);  // expectation 1, variance 1
  EXPECT_TRUE(Random(6, Purpose::shuffle).permutation(0).empty());
}

}  // namespace
}  // namespace cance
