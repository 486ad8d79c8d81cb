// 10,000 seeded mutations of small JPEG, PNG and BMP files: each is refused with an Error that
// names the file, or read as the picture that its header describes; time and memory stay bounded.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/cast.hpp"
#include "base/error.hpp"
#include "image/decode.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/robustness/mutations.hpp"
#include "tests/support/pictures.hpp"

namespace cance::image {
namespace {

using tests::Bytes;

const auto kMutations = to<std::uint64_t>(tests::mutations(1000));  // of each of ten files
constexpr std::chrono::seconds kLongest{2};

void expect_error_or_valid(const Bytes& original, bool refuses_most) {
  const long before = tests::peak_kibibytes();
  std::uint64_t refused = 0;
  for (std::uint64_t i = 0; i < kMutations; ++i) {
    const auto start = std::chrono::steady_clock::now();
    try {
      const Image image = decode(tests::mutate(original, i), "mutated");
      ASSERT_TRUE(image.channels == 1 || image.channels == 3) << "mutation " << i;
      ASSERT_EQ(image.pixels.size(), image.channels * image.height * image.width);
    } catch (const Error& error) {
      ++refused;
      ASSERT_TRUE(std::string(error.what()).starts_with("mutated: ")) << error.what();
    }
    ASSERT_LT(std::chrono::steady_clock::now() - start, kLongest) << "mutation " << i;
  }
  EXPECT_GT(refused, refuses_most ? kMutations / 2 : kMutations / 10);
  EXPECT_LT(refused, kMutations);
  EXPECT_LT(tests::peak_kibibytes() - before, 4 * tests::kMostKibibytes);
}

TEST(ImageMutations, GreyJpeg) { expect_error_or_valid(tests::jpeg(1, false), false); }
TEST(ImageMutations, ColourJpeg) { expect_error_or_valid(tests::jpeg(3, false), false); }
TEST(ImageMutations, ProgressiveGreyJpeg) { expect_error_or_valid(tests::jpeg(1, true), false); }
TEST(ImageMutations, ProgressiveJpeg) { expect_error_or_valid(tests::jpeg(3, true), false); }
TEST(ImageMutations, GreyPng) { expect_error_or_valid(tests::png(1, 8, false), true); }
TEST(ImageMutations, ColourPng) { expect_error_or_valid(tests::png(3, 8, false), true); }
TEST(ImageMutations, DeepPng) { expect_error_or_valid(tests::png(3, 16, false), true); }
TEST(ImageMutations, InterlacedPng) { expect_error_or_valid(tests::png(3, 8, true), true); }

TEST(ImageMutations, InksOfJpeg) { expect_error_or_valid(tests::jpeg(4, false), false); }
TEST(ImageMutations, Bmp) {
  expect_error_or_valid(tests::bmp(5, 4, 4, Bytes(16 * 4, 9), Bytes(4 * 4, 0x5A)), false);
}

// The checksums are right, so that what is inside the chunks is reached.
TEST(ImageMutations, InsideChunksOfPng) {
  for (const bool interlaced : {false, true}) {
    std::uint64_t refused = 0;
    const Bytes original = tests::png(3, 8, interlaced);
    for (std::uint64_t i = 0; i < kMutations; ++i) {
      try {
        const Image image = decode(tests::with_checksums(tests::mutate(original, i)), "mutated");
        ASSERT_EQ(image.pixels.size(), image.channels * image.height * image.width);
      } catch (const Error&) {
        ++refused;
      }
    }
    EXPECT_GT(refused, kMutations / 10);
  }
}

}  // namespace
}  // namespace cance::image
