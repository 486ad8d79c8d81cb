// The generated digits: the same everywhere, independent of how many are drawn, and different by
// class.
#include "data_prep/drawn/glyphs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "tests/support/files.hpp"

namespace cance::prep {
namespace {

std::vector<double> mean_image(std::size_t digit, std::size_t count) {
  std::vector<double> mean(kGlyphSide * kGlyphSide);
  for (std::size_t k = 0; k < count; ++k) {
    const auto image = draw_glyph(0, GlyphPart::train, k * kGlyphClasses + digit);
    for (std::size_t p = 0; p < mean.size(); ++p) {
      mean[p] += static_cast<double>(image[p]) / static_cast<double>(count);
    }
  }
  return mean;
}

TEST(Glyphs, SameKeySameBytes) {
  for (const std::uint64_t index : {0U, 7U, 12345U}) {
    EXPECT_EQ(draw_glyph(3, GlyphPart::test, index), draw_glyph(3, GlyphPart::test, index));
  }
}

TEST(Glyphs, KeysDoNotCollide) {
  const auto image = draw_glyph(3, GlyphPart::train, 20);
  EXPECT_NE(image, draw_glyph(4, GlyphPart::train, 20));
  EXPECT_NE(image, draw_glyph(3, GlyphPart::test, 20));
  EXPECT_NE(image, draw_glyph(3, GlyphPart::train, 30));
}

TEST(Glyphs, BytesStayWhatTheyWere) {
  std::string bytes;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const auto image = draw_glyph(0, GlyphPart::train, i);
    bytes.append(image.begin(), image.end());
  }
  EXPECT_EQ(sha256(bytes), "1f7a34b8e2048a6173790d001d5cb9eb22a6bb50642c977ee604267bb2cf784e");
}

TEST(Glyphs, PaperIsDarkAndInkIsBright) {
  for (std::uint64_t i = 0; i < 50; ++i) {
    const auto image = draw_glyph(1, GlyphPart::train, i);
    ASSERT_EQ(image.size(), kGlyphSide * kGlyphSide);
    EXPECT_EQ(*std::min_element(image.begin(), image.end()), 0);
    EXPECT_GT(*std::max_element(image.begin(), image.end()), 150);
    const double mean = std::accumulate(image.begin(), image.end(), 0.0) / 784.0;
    EXPECT_GT(mean, 10.0);
    EXPECT_LT(mean, 90.0);
  }
}

TEST(Glyphs, ClassesDifferMoreThanTheirOwnHalves) {
  std::array<std::vector<double>, kGlyphClasses> means;
  for (std::size_t digit = 0; digit < kGlyphClasses; ++digit) {
    means[digit] = mean_image(digit, 60);
  }
  const auto distance = [](const std::vector<double>& a, const std::vector<double>& b) {
    return std::sqrt(std::inner_product(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(),
                                        [](double x, double y) { return (x - y) * (x - y); }));
  };
  for (std::size_t i = 0; i < kGlyphClasses; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_GT(distance(means[i], means[j]), 300.0) << "digits " << i << " and " << j;
    }
    EXPECT_LT(distance(means[i], mean_image(i, 40)), 200.0) << "digit " << i;
  }
}

TEST(Glyphs, StrokesJoinTheirControlPoints) {
  const Stroke loop{StrokeKind::loop, {{0, 0}, {1, 0}, {1, 1}}};
  const auto closed = flatten(loop);
  EXPECT_EQ(closed.front().x, closed.back().x);
  EXPECT_EQ(closed.front().y, closed.back().y);
  const Stroke curve{StrokeKind::curve, {{0, 0}, {1, 2}, {3, 1}}};
  const auto open = flatten(curve);
  EXPECT_DOUBLE_EQ(open.back().x, 3);
  EXPECT_DOUBLE_EQ(open.back().y, 1);
  const auto through = [](Point p) { return p.x == 1 && p.y == 2; };
  EXPECT_TRUE(std::any_of(open.begin(), open.end(), through));
}

TEST(Glyphs, FileHoldsTheDrawnImagesWhateverTheirNumber) {
  const tests::TemporaryFolder folder;
  for (const std::int64_t per_class : {2, 150}) {  // 1500 images are more than one block
    const auto path = folder / "glyphs.h5";
    const PrepSummary summary =
        prep_glyphs({.train_per_class = per_class, .test_per_class = 1, .seed = 5}, path);
    EXPECT_EQ(summary.parts[0].rows_by_class,
              std::vector<std::size_t>(10, static_cast<std::size_t>(per_class)));
    const store::DatasetFile file(path);
    EXPECT_EQ(file.info().name, "glyphs");
    EXPECT_EQ(file.row_shape(), (Shape{1, 28, 28}));
    const std::int64_t last = 10 * per_class - 1;
    const std::array<std::int64_t, 3> rows{0, 13, last};
    const auto values = file.read("train", rows);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto image = draw_glyph(5, GlyphPart::train, static_cast<std::uint64_t>(rows[r]));
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(r * 784);
      EXPECT_TRUE(std::equal(image.begin(), image.end(), first)) << "row " << rows[r];
      EXPECT_EQ(file.labels("train")[static_cast<std::size_t>(rows[r])], rows[r] % 10);
    }
  }
}

TEST(Glyphs, AllFaultsOfTheOptionsAtOnce) {
  const tests::TemporaryFolder folder;
  const auto message = tests::message_of([&] {
    prep_glyphs({.train_per_class = 0, .test_per_class = -3, .seed = -1}, folder / "g.h5");
  });
  EXPECT_EQ(message,
            "glyphs: train-per-class is 0, expected 1..1000000; test-per-class is -3, expected "
            "1..1000000; seed is -1, expected 0..9223372036854775807");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace cance::prep
