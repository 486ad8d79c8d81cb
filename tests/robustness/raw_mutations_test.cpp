// 10,000 seeded mutations of small files for each reader of raw formats (fewer where each takes a
// child process; CANCE_MUTATIONS sets another number): never a crash, a hang or much memory.
#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <fstream>
#include <numeric>

#include "base/cast.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/robustness/fuzz/targets.hpp"
#include "tests/robustness/mutations.hpp"
#include "tests/support/idx_files.hpp"
#include "tests/support/mat_files.hpp"
#include "tests/support/npy_files.hpp"
#include "tests/support/tar_files.hpp"
#include "tests/support/zip_files.hpp"

namespace cance::prep {
namespace {

using tests::Bytes;

constexpr std::chrono::seconds kLongest{5};

std::uint64_t mutations(int usual) { return to<std::uint64_t>(tests::mutations(usual)); }

/// No more data than now and 256 MiB, until the test ends; beyond it an allocation fails.
class DataLimit {
 public:
  DataLimit() {
    ::getrlimit(RLIMIT_DATA, &before_);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they map far more
    rlimit limit = before_;
    limit.rlim_cur = held() + (rlim_t{256} << 20U);
    ::setrlimit(RLIMIT_DATA, &limit);
#endif
  }
  ~DataLimit() { ::setrlimit(RLIMIT_DATA, &before_); }
  DataLimit(const DataLimit&) = delete;
  DataLimit& operator=(const DataLimit&) = delete;

 private:
  static rlim_t held() {
    std::ifstream statm("/proc/self/statm");
    rlim_t pages = 0;
    for (int i = 0; i < 6; ++i) {
      statm >> pages;
    }
    return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
  }
  rlimit before_{};
};

/// Each mutation is refused or read whole; the original is read.
void mutate_all(bool (*target)(fuzz::Input), const Bytes& original, std::uint64_t count,
                double refused_at_least) {
  const DataLimit limit;
  ASSERT_FALSE(target(original));
  const long before = tests::peak_kibibytes();
  std::uint64_t refused = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto start = std::chrono::steady_clock::now();
    refused += target(tests::mutate(original, i)) ? 1 : 0;
    ASSERT_LT(std::chrono::steady_clock::now() - start, kLongest) << "mutation " << i;
  }
  EXPECT_GE(static_cast<double>(refused), refused_at_least * static_cast<double>(count));
  // What a small file may become (base/expansion), as bytes, as bytes that grow, and as numbers.
  EXPECT_LT(tests::peak_kibibytes() - before, 4 * tests::kMostKibibytes);
}

Bytes gzipped(const Bytes& bytes) {
  const tests::TemporaryFolder folder;
  tests::write_gz(folder / "a.gz", bytes);
  return tests::read_bytes(folder / "a.gz");
}

Bytes cifar_batch(std::size_t rows) {
  Bytes bytes(rows * 3073);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  for (std::size_t r = 0; r < rows; ++r) {
    bytes[r * 3073] = static_cast<std::uint8_t>(r % 10);
  }
  return bytes;
}

Bytes cifar_tar() {
  std::vector<std::pair<std::string, Bytes>> files;
  for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                           "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"}) {
    files.emplace_back(name, cifar_batch(1));
  }
  return tests::tar_bytes("cifar-10-batches-bin/", files);
}

Bytes small_npy(const char* descr, bool fortran) {
  return tests::npy_bytes(tests::npy_header(descr, fortran, "(3, 4)"),
                          tests::bytes_of_numbers(std::vector<float>(12, 1.5F)));
}

Bytes small_npz() {
  const Bytes y = tests::npy_bytes(tests::npy_header("|u1", false, "(3,)"), {0, 0, 1});
  return tests::zip_bytes({{"X.npy", small_npy("<f4", false)}, {"y.npy", y}});
}

Bytes small_csv() {
  const std::string text =
      "age,job,\"height, cm\"\r\n30,clerk,170\r\n41,\"smith \"\"the\"\" 2nd\",180.5\n,,\n";
  return {text.begin(), text.end()};
}

TEST(RawMutations, CifarBatch) {
  mutate_all(fuzz::cifar_batch, cifar_batch(2), mutations(10000), .3);
}
TEST(RawMutations, CifarArchive) {
  mutate_all(fuzz::cifar_archive, cifar_tar(), mutations(5000), .2);
}
TEST(RawMutations, CifarGzippedArchive) {
  mutate_all(fuzz::cifar_archive, gzipped(cifar_tar()), mutations(5000), .5);
}
TEST(RawMutations, Npy) {
  mutate_all(fuzz::npy, small_npy("<f4", false), mutations(5000), .5);
  mutate_all(fuzz::npy, small_npy(">f4", true), mutations(5000), .5);
}
TEST(RawMutations, Npz) { mutate_all(fuzz::npz, small_npz(), mutations(10000), .3); }
TEST(RawMutations, Csv) { mutate_all(fuzz::csv, small_csv(), mutations(10000), .02); }
TEST(RawMutations, GzippedCsv) { mutate_all(fuzz::csv, gzipped(small_csv()), mutations(5000), .3); }
TEST(RawMutations, Mat) { mutate_all(fuzz::mat, tests::small_mat(), mutations(1000), .3); }
TEST(RawMutations, PackedMat) {
  mutate_all(fuzz::mat, tests::small_packed_mat(), mutations(500), .3);
}

TEST(RawMutations, RealMat) {
  const auto path = tests::data_root() / "odds" / "thyroid.mat";
  if (!std::filesystem::exists(path)) {
    std::puts("skipped: RawMutations.RealMat needs odds in CANCE_DATA_ROOT");
    GTEST_SKIP() << "needs odds";
  }
  mutate_all(fuzz::mat, tests::read_bytes(path), mutations(200), .3);
}

}  // namespace
}  // namespace cance::prep
