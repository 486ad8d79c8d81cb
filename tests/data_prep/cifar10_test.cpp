// CIFAR-10: small batches made here, in folders and archives, every refusal, and the real training
// batches.
#include "data_prep/published/cifar10.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

#include "base/error.hpp"
#include "base/log.hpp"
#include "store/dataset_file.hpp"
#include "tests/support/idx_files.hpp"
#include "tests/support/tar_files.hpp"

namespace cance::prep {
namespace {

using tests::Bytes;

constexpr std::size_t kPixels = 3072;

/// `rows` records: labels first, first + 1, ... mod 10; pixel p of record r is (r + p) mod 256.
Bytes batch(std::size_t rows, std::size_t first) {
  Bytes bytes;
  for (std::size_t r = 0; r < rows; ++r) {
    bytes.push_back(static_cast<std::uint8_t>((first + r) % 10));
    for (std::size_t p = 0; p < kPixels; ++p) {
      bytes.push_back(static_cast<std::uint8_t>(r + p));
    }
  }
  return bytes;
}

std::vector<std::pair<std::string, Bytes>> batches(bool with_test) {
  std::vector<std::pair<std::string, Bytes>> all;
  for (std::size_t i = 1; i <= 5; ++i) {
    all.emplace_back(fmt::format("data_batch_{}.bin", i), batch(i, i));
  }
  if (with_test) {
    all.emplace_back("test_batch.bin", batch(7, 0));
  }
  return all;
}

class Cifar : public testing::Test {
 protected:
  static void SetUpTestSuite() { log::configure(log::Level::normal); }

  void write_folder(const std::vector<std::pair<std::string, Bytes>>& files) const {
    for (const auto& [name, bytes] : files) {
      tests::write_plain(raw_ / name, bytes);
    }
  }
  PrepSummary prepare() const {
    testing::internal::CaptureStderr();
    try {
      PrepSummary summary = prep_cifar10(raw_.path(), out_);
      testing::internal::GetCapturedStderr();
      return summary;
    } catch (...) {
      testing::internal::GetCapturedStderr();
      throw;
    }
  }
  void expect_refusal(const std::vector<std::string>& parts) const {
    const auto message = tests::message_of([&] { (void)prepare(); });
    for (const std::string& part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    }
    EXPECT_TRUE(std::filesystem::is_empty(out_folder_.path())) << message;
  }

  tests::TemporaryFolder raw_, out_folder_;
  std::filesystem::path out_ = out_folder_ / "cifar10.h5";
};

TEST_F(Cifar, FolderWithTestBatch) {
  write_folder(batches(true));
  const PrepSummary summary = prepare();
  EXPECT_EQ(summary.name, "cifar10");
  const store::DatasetFile file(out_);
  EXPECT_EQ(file.row_shape(), (Shape{3, 32, 32}));
  EXPECT_EQ(file.info().class_names.front(), "airplane");
  EXPECT_EQ(file.info().class_names.back(), "truck");
  EXPECT_EQ(file.labels("train"),
            (std::vector<std::int32_t>{1, 2, 3, 3, 4, 5, 4, 5, 6, 7, 5, 6, 7, 8, 9}));
  EXPECT_EQ(file.rows("test"), 7U);
  const std::int64_t row = 5;
  const auto values = file.read("test", {&row, 1});
  for (std::size_t p = 0; p < kPixels; ++p) {
    ASSERT_EQ(values[p], static_cast<float>((5 + p) % 256)) << "pixel " << p;
  }
}

TEST_F(Cifar, WithoutTestBatchTheFifthIsHeldOut) {
  write_folder(batches(false));
  EXPECT_EQ(prepare().name, "cifar10-heldout");
  const store::DatasetFile file(out_);
  EXPECT_EQ(file.info().name, "cifar10-heldout");
  EXPECT_EQ(file.rows("train"), 10U);
  EXPECT_EQ(file.labels("test"), (std::vector<std::int32_t>{5, 6, 7, 8, 9}));
}

TEST_F(Cifar, ArchiveGivesTheSameAsTheFolderInWhateverOrder) {
  write_folder(batches(true));
  const auto expected = read_cifar10(raw_.path());
  auto files = batches(true);
  std::ranges::reverse(files);
  tests::write_gz(out_folder_ / "cifar-10-binary.tar.gz",
                  tests::tar_bytes("cifar-10-batches-bin/", files));
  const auto found = read_cifar10(out_folder_.path());
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].name, expected[i].name);
    EXPECT_EQ(found[i].labels, expected[i].labels);
    EXPECT_EQ(found[i].images, expected[i].images);
    EXPECT_EQ(found[i].sha256, expected[i].sha256);
  }
}

TEST_F(Cifar, MissingBatchesAreAllNamed) {
  write_folder({{"data_batch_1.bin", batch(1, 0)}, {"data_batch_4.bin", batch(1, 0)}});
  expect_refusal({"data_batch_2.bin, data_batch_3.bin, data_batch_5.bin"});
}

TEST_F(Cifar, TruncatedBatch) {
  auto files = batches(true);
  files[2].second.pop_back();
  write_folder(files);
  expect_refusal({"data_batch_3.bin", "9218 bytes", "records of 3073 bytes"});
}

TEST_F(Cifar, LabelBeyondTheClasses) {
  auto files = batches(true);
  files[3].second[kPixels + 1] = 10;
  write_folder(files);
  expect_refusal({"data_batch_4.bin", "label 10 in record 1", "0..9"});
}

TEST_F(Cifar, TruncatedArchive) {
  Bytes tar = tests::tar_bytes("", batches(true));
  tar.resize(tar.size() / 2);
  tests::write_plain(raw_ / "x.tar", tar);
  expect_refusal({"x.tar", "truncated"});
}

TEST_F(Cifar, EmptyFolder) { expect_refusal({raw_.path().string(), "cifar-10-binary.tar.gz"}); }

TEST(RealCifar, CountsAndMomentsOfTheTrainingBatchesAreThePublishedOnes) {
  const auto folder = tests::data_root() / "cifar10";
  if (!std::filesystem::exists(folder)) {
    std::puts("skipped: RealCifar needs cifar10 in CANCE_DATA_ROOT");
    GTEST_SKIP() << "needs cifar10";
  }
  std::vector<std::size_t> counts(10);
  std::array<std::array<double, 256>, 3> pixels{};  // of each channel, how many of each value
  for (const CifarBatch& one : read_cifar10(folder)) {
    for (std::size_t i = 0; i < one.labels.size(); ++i) {
      ++counts[static_cast<std::size_t>(one.labels[i])];
      const std::uint8_t* pixel = one.images.data() + i * kPixels;
      for (auto& channel : pixels) {
        for (const auto* const end = pixel + 1024; pixel != end; ++pixel) {
          ++channel[*pixel];
        }
      }
    }
  }
  EXPECT_EQ(counts, std::vector<std::size_t>(10, 5000));
  constexpr std::array kMean{.49140, .48216, .44653};
  constexpr std::array kDeviation{.24703, .24349, .26159};
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0, squares = 0;
    for (std::size_t value = 0; value < 256; ++value) {
      const double bright = static_cast<double>(value) / 255;
      sum += pixels[c][value] * bright;
      squares += pixels[c][value] * bright * bright;
    }
    const double mean = sum / (50000 * 1024.0);
    EXPECT_NEAR(mean, kMean[c], 6e-6);
    EXPECT_NEAR(std::sqrt(squares / (50000 * 1024.0) - mean * mean), kDeviation[c], 6e-6);
  }
}

}  // namespace
}  // namespace cance::prep
