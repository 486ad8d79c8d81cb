// Decoding and resizing: refusals, limits and cases with closed forms. Against Pillow:
// tests/parity/image_parity.py.
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "image/decode.hpp"
#include "image/resize.hpp"
#include "tests/support/files.hpp"
#include "tests/support/pictures.hpp"

namespace cance::image {
namespace {

using tests::Bytes;

Image colour_picture() {
  return {3, tests::kPictureHeight, tests::kPictureWidth, tests::picture_pixels(3)};
}

TEST(Image, PngComesBackAsItWas) {
  for (const bool interlaced : {false, true}) {
    const Image image = decode(tests::png(3, 8, interlaced), "a");
    EXPECT_EQ(image.channels, 3U);
    EXPECT_EQ(image.height, 26U);
    EXPECT_EQ(image.width, 37U);
    EXPECT_EQ(image.pixels, tests::picture_pixels(3));
  }
  EXPECT_EQ(decode(tests::png(1, 16, false), "a").pixels, tests::picture_pixels(1));
  const Image opaque = decode(tests::png(4, 8, false), "a");  // alpha is dropped
  EXPECT_EQ(opaque.channels, 3U);
  const Bytes with_alpha = tests::picture_pixels(4);
  for (std::size_t i = 0; i < opaque.pixels.size(); ++i) {
    ASSERT_EQ(opaque.pixels[i], with_alpha[i / 3 * 4 + i % 3]);
  }
  EXPECT_EQ(decode(tests::png(2, 8, false), "a").channels, 1U);
}

TEST(Image, JpegIsNearWhatItWasMadeFrom) {
  for (const int channels : {1, 3}) {
    const Image image = decode(tests::jpeg(channels, true), "a");
    ASSERT_EQ(image.channels, static_cast<std::size_t>(channels));
    const Bytes original = tests::picture_pixels(channels);
    ASSERT_EQ(image.pixels.size(), original.size());
    double sum = 0;
    for (std::size_t i = 0; i < original.size(); ++i) {
      sum += std::abs(original[i] - image.pixels[i]);
    }
    EXPECT_LT(sum / static_cast<double>(original.size()), channels == 1 ? 5 : 40);
  }
}

TEST(Image, TheHeaderTellsTheForm) {
  for (const Bytes& file : {tests::png(3, 16, true), tests::jpeg(3, true)}) {
    const Form form = read_form(std::span(file).first(file.size() - 100), "a");
    EXPECT_EQ(form.channels, 3U);
    EXPECT_EQ(form.height, 26U);
    EXPECT_EQ(form.width, 37U);
  }
  EXPECT_EQ(read_form(tests::png(2, 8, false), "a").channels, 1U);
  EXPECT_EQ(read_form(tests::jpeg(4, false), "a").channels, 3U);
  EXPECT_EQ(read_form(tests::png(1, 16, false), "a").bits, 16U);
  EXPECT_EQ(read_form(tests::png(1, 8, false), "a").bits, 8U);
}

TEST(Image, SixteenBitsBecomeEightByTheirRange) {
  const Bytes file = tests::deep_png({1000, 1001, 1128, 1255, 999, 2000}, 3);
  EXPECT_EQ(decode(file, "a", kMostPixels, {1000, 1255}).pixels, (Bytes{0, 1, 128, 255, 0, 255}));
  EXPECT_EQ(decode(file, "a", kMostPixels, {1000, 1255}).cut, 2U);  // 999 and 2000
  EXPECT_EQ(decode(file, "a").pixels, (Bytes{3, 3, 4, 4, 3, 7})) << "the high byte";
  EXPECT_EQ(decode(file, "a").cut, 0U);
  EXPECT_EQ(sample_range(file, "a"), (SampleRange{999, 2000}));
  EXPECT_EQ(sample_range(tests::png(1, 8, false), "a"), SampleRange{});
}

TEST(Image, BmpComesBackWhicheverWayItLies) {
  // Two rows of two pixels, blue first, the lowest row first, filled up to eight bytes.
  const Bytes rows = {1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0};
  const Image colour = decode(tests::bmp(2, 2, 24, {}, rows), "a");
  EXPECT_EQ(colour.channels, 3U);
  EXPECT_EQ(colour.pixels, (Bytes{9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(decode(tests::bmp(2, -2, 24, {}, rows), "a").pixels,
            (Bytes{3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10}));
  EXPECT_EQ(decode(tests::bmp(1, 1, 32, {}, {1, 2, 3, 0}), "a").pixels, (Bytes{3, 2, 1}));
  const Image grey = decode(tests::bmp(3, 1, 8, {7, 7, 7, 0, 200, 200, 200, 0}, {1, 0, 1, 0}), "a");
  EXPECT_EQ(grey.channels, 1U);
  EXPECT_EQ(grey.pixels, (Bytes{200, 7, 200}));
  const Image bits =
      decode(tests::bmp(9, 1, 1, {0, 0, 0, 0, 0, 0, 255, 0}, {0x80, 0x80, 0, 0}), "a");
  EXPECT_EQ(bits.channels, 3U);
  EXPECT_EQ((Bytes{bits.pixels[0], bits.pixels[3], bits.pixels[24]}), (Bytes{255, 0, 255}));
}

TEST(Image, InksOfCmykBecomeRgb) {
  // The inks of tests::jpeg(4) as they were before JPEG lost some of them, inverted: 255 is none.
  const Image image = decode(tests::jpeg(4, false), "a");
  const Bytes inks = tests::picture_pixels(4);
  double sum = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const double expected = inks[i / 3 * 4 + i % 3] * inks[i / 3 * 4 + 3] / 255.0;
    sum += std::abs(expected - image.pixels[i]);
  }
  EXPECT_LT(sum / static_cast<double>(image.pixels.size()), 40);
}

TEST(Image, RefusalsSayWhatIsWrong) {
  const auto expect = [](const Bytes& bytes, const std::string& part, std::size_t most = 2000) {
    const std::string message =
        tests::message_of([&] { static_cast<void>(decode(bytes, "b/a.png", most)); });
    EXPECT_TRUE(message.starts_with("b/a.png: ")) << message;
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect({}, "empty");
  expect({'G', 'I', 'F', '8'}, "neither JPEG nor PNG nor BMP (it looks like GIF; save it as PNG)");
  expect({'I', 'I', 42, 0}, "TIFF");
  expect({'n', 'o'}, "by its first bytes");
  expect(tests::bmp(2, 2, 24, {}, Bytes(15)), "ends too soon");
  expect(tests::bmp(2, 2, 16, {}, Bytes(8)), "a BMP of 16 bits");
  expect(tests::bmp(31, 32, 1, {}, Bytes(128)), "more than the limit of 961", 961);
  expect(tests::jpeg(1, false), "more than the limit of 961", 961);
  expect(tests::png(1, 8, false), "37 x 26 pixels, more than the limit of 961", 961);
  for (const Bytes& whole : {tests::jpeg(3, false), tests::png(3, 8, false)}) {
    expect(Bytes(whole.begin(), whole.begin() + static_cast<long>(whole.size() / 2)), "damaged");
  }
  Bytes bomb = tests::png(1, 8, false);  // a header that promises 9,000 x 9,000 pixels
  bomb[18] = bomb[22] = 0x23;
  bomb[19] = bomb[23] = 0x28;
  expect(tests::with_checksums(bomb), "do not fit its", kMostPixels);
}

TEST(Image, GreyAndColour) {
  const Image grey = to_grey({3, 1, 4, {255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9}});
  EXPECT_EQ(grey.pixels, (Bytes{76, 150, 29, 9}));  // Pillow's
  EXPECT_EQ(to_colour(grey).pixels, (Bytes{76, 76, 76, 150, 150, 150, 29, 29, 29, 9, 9, 9}));
  EXPECT_EQ(planes({3, 1, 2, {1, 2, 3, 4, 5, 6}}), (Bytes{1, 4, 2, 5, 3, 6}));
}

TEST(Resize, KeepsConstantsAndAverages) {
  const Image flat{3, 5, 9, Bytes(135, 201)};
  for (const auto& [height, width] : {std::pair{1, 1}, {4, 30}, {224, 224}}) {
    const Image resized =
        resize(flat, static_cast<std::size_t>(height), static_cast<std::size_t>(width));
    EXPECT_TRUE(std::ranges::all_of(resized.pixels, [](int level) { return level == 201; }));
  }
  // To half its width: weights 1, 3, 3, 1 of 8, at the edge 3, 3, 1 of 7.
  EXPECT_EQ(resize({1, 1, 4, {0, 70, 140, 210}}, 1, 2).pixels, (Bytes{50, 160}));
  EXPECT_EQ(resize(colour_picture(), 26, 37).pixels, colour_picture().pixels);
}

TEST(Resize, CropOfTheWholeEqualsTheWindow) {
  const Image image = colour_picture();
  const Image whole = resize(image, 64, 64 * 37 / 26);
  const Image cropped = resize_and_crop(image, 64, 51);
  const std::size_t left = 20;  // of 91 columns; of 64 rows the crop begins at the 6th
  for (std::size_t y = 0; y < 51; ++y) {
    const auto* const row = whole.pixels.data() + 3 * ((y + 6) * whole.width + left);
    EXPECT_TRUE(std::equal(row, row + 3 * 51, cropped.pixels.data() + 3 * 51 * y)) << y;
  }
}

TEST(Resize, RefusesWhatDoesNotFit) {
  const Image image = colour_picture();
  EXPECT_THROW(static_cast<void>(resize(image, 0, 4)), Error);
  EXPECT_THROW(static_cast<void>(resize_and_crop(image, 8, 9)), Error);
  const Image thread{1, 1, 60'000, Bytes(60'000, 0)};
  EXPECT_THROW(static_cast<void>(resize_and_crop(thread, 224, 224)), Error);
}

}  // namespace
}  // namespace cance::image
