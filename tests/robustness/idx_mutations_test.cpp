// 10,000 seeded mutations of small IDX files: each is refused with an Error or read as data that
// its header describes, and memory stays bounded.
#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "base/cast.hpp"
#include "base/error.hpp"
#include "data_prep/readers/idx.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/robustness/mutations.hpp"
#include "tests/support/idx_files.hpp"

namespace cance::prep {
namespace {

using tests::Bytes;
using tests::kMostKibibytes;
using tests::mutate;
using tests::peak_kibibytes;

const auto kMutations = to<std::uint64_t>(tests::mutations(5000));  // of each form

void expect_error_or_valid(const Bytes& original) {
  const tests::TemporaryFolder folder;
  const auto path = folder / "mutated";
  const long before = peak_kibibytes();
  std::uint64_t refused = 0;
  for (std::uint64_t i = 0; i < kMutations; ++i) {
    std::filesystem::remove(path);  // a fresh file: some file systems sync one that is overwritten
    tests::write_plain(path, mutate(original, i));
    try {
      const IdxArray array = read_idx(path, 3);
      ASSERT_EQ(array.shape.size(), 3U) << "mutation " << i;
      ASSERT_EQ(array.values.size(), std::accumulate(array.shape.begin(), array.shape.end(),
                                                     std::size_t{1}, std::multiplies<>()))
          << "mutation " << i;
    } catch (const Error& error) {
      ++refused;
      ASSERT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    }
  }
  EXPECT_GT(refused, kMutations / 2);
  EXPECT_LT(refused, kMutations);
  EXPECT_LT(peak_kibibytes() - before, kMostKibibytes);
}

Bytes small_idx() {
  Bytes values(5 * 6 * 7);
  std::iota(values.begin(), values.end(), std::uint8_t{0});
  return tests::idx_bytes({5, 6, 7}, values);
}

TEST(IdxMutations, Plain) { expect_error_or_valid(small_idx()); }

TEST(IdxMutations, Gzipped) {
  const tests::TemporaryFolder folder;
  tests::write_gz(folder / "small.gz", small_idx());
  expect_error_or_valid(tests::read_bytes(folder / "small.gz"));
}

// The stream is whole and its checksum right: only the IDX inside is wrong.
TEST(IdxMutations, InsideGzip) {
  const tests::TemporaryFolder folder;
  const auto path = folder / "mutated.gz";
  const long before = peak_kibibytes();
  std::uint64_t refused = 0;
  for (std::uint64_t i = 0; i < kMutations / 5; ++i) {
    std::filesystem::remove(path);
    tests::write_gz(path, mutate(small_idx(), i));
    try {
      const IdxArray array = read_idx(path, 3);
      ASSERT_EQ(array.values.size(), array.shape[0] * array.shape[1] * array.shape[2]);
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, kMutations / 10);
  EXPECT_LT(peak_kibibytes() - before, kMostKibibytes);
}

}  // namespace
}  // namespace cance::prep
