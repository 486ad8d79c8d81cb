// PNG files decode to the pixels that went in; base 64 against the vectors of RFC 4648.
#include "report/plot/png.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "image/decode.hpp"

namespace cance::report {
namespace {

image::Image decoded(const std::string& file) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  return image::decode({bytes, file.size()}, "encoded");
}

TEST(Png, GreyDecodesBack) {
  std::vector<std::uint8_t> pixels(5 * 7);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{230});  // 255 is followed by 0
  const image::Image image = decoded(encode_png(pixels, 1, 5, 7));
  EXPECT_EQ(image.channels, 1U);
  EXPECT_EQ(image.height, 5U);
  EXPECT_EQ(image.width, 7U);
  EXPECT_EQ(image.pixels, pixels);
}

TEST(Png, PlanarColoursBecomeInterleaved) {
  const std::vector<std::uint8_t> planar{1, 2, 11, 12, 21, 22};  // (3, 1, 2)
  const image::Image image = decoded(encode_png(planar, 3, 1, 2));
  EXPECT_EQ(image.channels, 3U);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{1, 11, 21, 2, 12, 22}));
}

TEST(Png, WrongShapesAreErrors) {
  const std::vector<std::uint8_t> image(12);
  EXPECT_THROW(static_cast<void>(encode_png(image, 2, 2, 3)), Error);
  EXPECT_THROW(static_cast<void>(encode_png(image, 1, 2, 3)), Error);
  EXPECT_THROW(static_cast<void>(encode_png({}, 1, 0, 3)), Error);
}

TEST(Png, Base64) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

}  // namespace
}  // namespace cance::report
