// The IDX reader: plain and gzipped files, and every way in which one can be wrong.
#include "data_prep/readers/idx.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "base/error.hpp"
#include "tests/support/idx_files.hpp"

namespace cance::prep {
namespace {

using testing::Test;
using tests::Bytes;

class Idx : public Test {
 protected:
  Idx() : values_(2 * 3 * 4) { std::iota(values_.begin(), values_.end(), std::uint8_t{7}); }

  std::string error_of(const Bytes& bytes, std::size_t dimensions = 3) {
    tests::write_plain(file_, bytes);
    return tests::message_of([&] { (void)read_idx(file_, dimensions); });
  }
  static void expect_has(const std::string& message, const std::vector<std::string>& parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    }
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "images-idx3-ubyte";
  Bytes values_;
};

TEST_F(Idx, ReadsPlainAndGzippedAlike) {
  const Bytes bytes = tests::idx_bytes({2, 3, 4}, values_);
  tests::write_plain(file_, bytes);
  tests::write_gz(folder_ / "images.gz", bytes);
  for (const auto& path : {file_, folder_ / "images.gz"}) {
    const IdxArray array = read_idx(path, 3);
    EXPECT_EQ(array.shape, (std::vector<std::size_t>{2, 3, 4}));
    EXPECT_EQ(array.values, values_);
  }
}

TEST_F(Idx, ReadsOneDimension) {
  tests::write_plain(file_, tests::idx_bytes({24}, values_));
  EXPECT_EQ(read_idx(file_, 1).values, values_);
}

TEST_F(Idx, MissingFile) {
  const auto message = tests::message_of([&] { (void)read_idx(folder_ / "absent", 3); });
  expect_has(message, {"absent", "No such file"});
}

TEST_F(Idx, Folder) { EXPECT_THROW((void)read_idx(folder_.path(), 3), Error); }

TEST_F(Idx, EmptyFile) { expect_has(error_of({}), {file_.string(), "empty"}); }

TEST_F(Idx, WrongMagic) {
  expect_has(error_of({0x89, 'P', 'N', 'G', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
             {file_.string(), "0x89504e47", "expected 0x00000803"});
}

TEST_F(Idx, LabelsWhereImagesBelong) {
  expect_has(error_of(tests::idx_bytes({24}, values_)),
             {"0x00000801", "expected 0x00000803", "swapped"});
}

TEST_F(Idx, HeaderCutShort) {
  Bytes bytes = tests::idx_bytes({2, 3, 4}, values_);
  bytes.resize(9);
  expect_has(error_of(bytes), {"truncated", "9 bytes", "16"});
  bytes.resize(3);
  expect_has(error_of(bytes), {"truncated", "3 bytes", "16"});
}

TEST_F(Idx, TruncatedPlain) {
  Bytes bytes = tests::idx_bytes({2, 3, 4}, values_);
  bytes.pop_back();
  expect_has(error_of(bytes), {file_.string(), "truncated", "2 x 3 x 4", "23"});
}

TEST_F(Idx, TruncatedInsideGzip) {
  Bytes bytes = tests::idx_bytes({2, 3, 4}, values_);
  bytes.pop_back();
  tests::write_gz(file_, bytes);
  const auto message = tests::message_of([&] { (void)read_idx(file_, 3); });
  expect_has(message, {"truncated", "23 data bytes", "expected 24"});
}

TEST_F(Idx, TruncatedGzipStream) {
  tests::write_gz(file_, tests::idx_bytes({2, 3, 4}, values_));
  Bytes packed = tests::read_bytes(file_);
  packed.resize(packed.size() - 9);
  expect_has(error_of(packed), {file_.string(), "truncated", "gzip"});
}

TEST_F(Idx, DamagedGzipStream) {
  tests::write_gz(file_, tests::idx_bytes({2, 3, 4}, values_));
  Bytes packed = tests::read_bytes(file_);
  packed[packed.size() - 6] ^= 1U;  // in the checksum
  expect_has(error_of(packed), {file_.string(), "cannot be read", "incorrect data check"});
}

TEST_F(Idx, TrailingBytes) {
  Bytes bytes = tests::idx_bytes({2, 3, 4}, values_);
  bytes.push_back(0);
  expect_has(error_of(bytes), {file_.string(), "trailing bytes", "24"});
}

TEST_F(Idx, NoData) {
  expect_has(error_of(tests::idx_bytes({0, 28, 28}, {})), {"0 x 28 x 28", "at least 1"});
}

TEST_F(Idx, AbsurdSizesAreRefusedBeforeAllocating) {
  const Bytes bytes = tests::idx_bytes({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, values_);
  expect_has(error_of(bytes), {"header is damaged", "4294967295 x"});
  tests::write_gz(file_, bytes);
  expect_has(tests::message_of([&] { (void)read_idx(file_, 3); }), {"header is damaged"});
}

}  // namespace
}  // namespace cance::prep
