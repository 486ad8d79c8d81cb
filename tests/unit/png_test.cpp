// PNG files are decoded here with zlib by hand; base 64 against the vectors of RFC 4648.
#include "report/png.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <map>
#include <numeric>
#include <vector>

#include "base/error.hpp"

namespace cance::report {
namespace {

std::uint32_t read_number(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    value = (value << 8U) | static_cast<unsigned char>(bytes.at(at + k));
  }
  return value;
}

/// Chunks by type; their checksums are verified.
std::map<std::string, std::string> chunks(const std::string& file) {
  EXPECT_EQ(file.substr(0, 8), "\x89PNG\r\n\x1a\n");
  std::map<std::string, std::string> found;
  std::size_t at = 8;
  while (at < file.size()) {
    const std::size_t size = read_number(file, at);
    const std::string body = file.substr(at + 4, 4 + size);
    const uLong sum =
        crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    EXPECT_EQ(read_number(file, at + 8 + size), sum);
    found[body.substr(0, 4)] = body.substr(4);
    at += 12 + size;
  }
  return found;
}

std::vector<std::uint8_t> decoded_rows(const std::string& packed, std::size_t size) {
  std::vector<std::uint8_t> rows(size + 1);
  uLongf written = rows.size();
  EXPECT_EQ(uncompress(rows.data(), &written, reinterpret_cast<const Bytef*>(packed.data()),
                       packed.size()),
            Z_OK);
  EXPECT_EQ(written, size);
  rows.resize(size);
  return rows;
}

TEST(Png, GreyDecodesBack) {
  std::vector<std::uint8_t> image(5 * 7);
  std::iota(image.begin(), image.end(), std::uint8_t{200});
  const auto found = chunks(encode_png(image, 1, 5, 7));
  EXPECT_EQ(found.at("IHDR"), std::string("\0\0\0\7\0\0\0\5\10\0\0\0\0", 13));
  const auto rows = decoded_rows(found.at("IDAT"), 5 * 8);
  for (std::size_t y = 0; y < 5; ++y) {
    EXPECT_EQ(rows[y * 8], 0);
    for (std::size_t x = 0; x < 7; ++x) {
      EXPECT_EQ(rows[y * 8 + 1 + x], image[y * 7 + x]);
    }
  }
  EXPECT_TRUE(found.contains("IEND"));
}

TEST(Png, PlanarColoursBecomeInterleaved) {
  const std::vector<std::uint8_t> image{1, 2, 11, 12, 21, 22};  // (3, 1, 2)
  const auto found = chunks(encode_png(image, 3, 1, 2));
  EXPECT_EQ(found.at("IHDR")[9], 2);
  EXPECT_EQ(decoded_rows(found.at("IDAT"), 7),
            (std::vector<std::uint8_t>{0, 1, 11, 21, 2, 12, 22}));
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
