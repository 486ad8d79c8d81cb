// .npy arrays: types, orders, versions and every refusal; what NumPy itself writes is read in
// tests/e2e/prep_tables.sh.
#include "data_prep/readers/npy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "tests/support/npy_files.hpp"

namespace cance::prep {
namespace {

using tests::Bytes;
using tests::npy_bytes;
using tests::npy_header;

class Npy : public testing::Test {
 protected:
  NumberArray read(const Bytes& bytes) const {
    tests::write_plain(folder_ / "a.npy", bytes);
    return read_npy(folder_ / "a.npy");
  }
  void expect_refusal(const Bytes& bytes, const std::string& part) const {
    const auto message = tests::message_of([&] { (void)read(bytes); });
    EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    EXPECT_NE(message.find("a.npy"), std::string::npos) << message;
  }
  tests::TemporaryFolder folder_;
};

const std::vector<float> kSix{1, 2, 3, 4, 5, 6};

TEST_F(Npy, VersionsAndOrders) {
  for (const auto major : Bytes{1, 2, 3}) {
    const NumberArray array =
        read(npy_bytes(npy_header("<f4", false, "(2, 3)"), tests::bytes_of_numbers(kSix), major));
    EXPECT_EQ(array.shape, (std::vector<std::size_t>{2, 3}));
    EXPECT_EQ(std::get<std::vector<float>>(array.values), kSix);
  }
  const NumberArray columns =
      read(npy_bytes(npy_header("<f4", true, "(2, 3)"), tests::bytes_of_numbers(kSix)));
  EXPECT_EQ(std::get<std::vector<float>>(columns.values), (std::vector<float>{1, 3, 5, 2, 4, 6}));
}

TEST_F(Npy, FortranOrderOfThreeDimensions) {
  // Value (i, j, k) is 100 i + 10 j + k; sizes 2, 3, 2; the first index runs fastest in the file.
  std::vector<std::int32_t> file, expected;
  for (int k = 0; k < 2; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i) file.push_back(100 * i + 10 * j + k);
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 2; ++k) expected.push_back(100 * i + 10 * j + k);
  const NumberArray array =
      read(npy_bytes(npy_header("<i4", true, "(2, 3, 2)"), tests::bytes_of_numbers(file)));
  EXPECT_EQ(std::get<std::vector<std::int32_t>>(array.values), expected);
}

TEST_F(Npy, HalfPrecision) {  // IEEE 754 binary16: 1, -2, the largest, the smallest, nearly 1/3,
                              // infinity, NaN
  const Bytes bytes{0x00, 0x3C, 0x00, 0xC0, 0xFF, 0x7B, 0x01,
                    0x00, 0x55, 0x35, 0x00, 0xFC, 0x00, 0x7E};
  const NumberArray array = read(npy_bytes(npy_header("<f2", false, "(7,)"), bytes));
  const auto& values = std::get<std::vector<float>>(array.values);
  EXPECT_EQ((std::vector<float>(values.begin(), values.begin() + 5)),
            (std::vector<float>{1, -2, 65504, 5.9604644775390625e-08F, 0.333251953125F}));
  EXPECT_EQ(values[5], -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(values[6]));
  const NumberArray big =
      read(npy_bytes(npy_header(">f2", true, "(2, 2)"), {0x3C, 0, 0x40, 0, 0x42, 0, 0x44, 0}));
  EXPECT_EQ(std::get<std::vector<float>>(big.values), (std::vector<float>{1, 3, 2, 4}));
  expect_refusal(npy_bytes(npy_header("<f2", false, "(2,)"), {0, 0, 0}),
                 "truncated: 3 data bytes, expected 4");
}

TEST_F(Npy, BigEndian) {
  const NumberArray array =
      read(npy_bytes(npy_header(">u2", false, "(3,)"), {0x01, 0x02, 0x00, 0xFF, 0xFF, 0x00}));
  EXPECT_EQ(std::get<std::vector<std::uint16_t>>(array.values),
            (std::vector<std::uint16_t>{0x0102, 0x00FF, 0xFF00}));
}

TEST_F(Npy, ShapesOfNoneAndZero) {
  EXPECT_EQ(as_doubles(read(npy_bytes(npy_header("|b1", false, "()"), {1}))),
            std::vector<double>{1});
  EXPECT_TRUE(as_doubles(read(npy_bytes(npy_header("<f8", false, "(0, 5)"), {}))).empty());
}

TEST_F(Npy, ObjectsTextAndRecordsAreRefused) {
  expect_refusal(npy_bytes(npy_header("|O", false, "(1,)"), {0x80, 0x04}), "Python objects");
  expect_refusal(npy_bytes(npy_header("<U5", false, "(1,)"), Bytes(20)), "type '<U5'");
  expect_refusal(npy_bytes(npy_header("<c8", false, "(1,)"), Bytes(8)), "type '<c8'");
  expect_refusal(
      npy_bytes("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", Bytes(4)),
      "records");
}

TEST_F(Npy, DamagedHeaders) {
  const Bytes data = tests::bytes_of_numbers(kSix);
  expect_refusal({}, "truncated inside the header");
  expect_refusal(Bytes(100), "does not begin with");
  expect_refusal(npy_bytes(npy_header("<f4", false, "(2, 3)"), data, 4), "version 4");
  expect_refusal(npy_bytes(npy_header("<f4", false, "(2, -3)"), data), "expected a size");
  expect_refusal(npy_bytes("__import__('os')", data), "expected '{'");
  expect_refusal(npy_bytes("{'descr': '<f4', 'descr': '<f4'}", data), "comes twice");
  expect_refusal(npy_bytes("{'descr': '<f4', 'shape': (6,)}", data), "damaged header");
  expect_refusal(npy_bytes(npy_header("<f4", false, "(6,)") + "x", data), "nothing behind");
}

TEST_F(Npy, SizesAreCheckedBeforeAnythingIsAllocated) {
  expect_refusal(npy_bytes(npy_header("<f8", false, "(4294967296, 4294967296)"), Bytes(8)),
                 "declared");
  expect_refusal(npy_bytes(npy_header("<f4", false, "(7,)"), tests::bytes_of_numbers(kSix)),
                 "truncated: 24 data bytes, expected 28");
  expect_refusal(npy_bytes(npy_header("<f4", false, "(5,)"), tests::bytes_of_numbers(kSix)),
                 "trailing bytes");
}

TEST_F(Npy, Labels) {
  const NumberArray whole{{3}, std::vector<double>{0, 1, 2}};
  EXPECT_EQ(label_column(whole, "y"), (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_THROW((void)label_column({{3}, std::vector<double>{0, .5, 2}}, "y"), Error);
  EXPECT_THROW((void)label_column({{2, 2}, std::vector<double>{0, 1, 2, 3}}, "y"), Error);
}

TEST_F(Npy, RowsAreFinite) {
  const NumberArray array{{2, 2}, std::vector<double>{1, 2, 3, 1e300}};
  const auto message = tests::message_of([&] { (void)table_rows(array, "X"); });
  EXPECT_NE(message.find("row 1, column 1"), std::string::npos) << message;
}

TEST(RealNpz, AdbenchCountsAreThoseOfTheFiles) {
  const auto folder = tests::data_root() / "adbench-resnet18";
  if (!std::filesystem::exists(folder)) {
    std::puts("skipped: RealNpz needs adbench-resnet18 in CANCE_DATA_ROOT");
    GTEST_SKIP() << "needs adbench-resnet18";
  }
  for (const int k : {0, 4, 6}) {
    const auto path = folder / fmt::format("CIFAR10_{}.npz", k);
    const auto arrays = read_npz(path, {"X", "y", "z"});
    ASSERT_EQ(arrays.size(), 2U);
    EXPECT_EQ(arrays.at("X").shape, (std::vector<std::size_t>{5263, 512}));
    EXPECT_TRUE(std::holds_alternative<std::vector<float>>(arrays.at("X").values));
    const auto labels = label_column(arrays.at("y"), "y");
    EXPECT_EQ(std::ranges::count(labels, 1), 263);
  }
}

}  // namespace
}  // namespace cance::prep
