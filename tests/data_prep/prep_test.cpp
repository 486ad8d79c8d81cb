// From four IDX files to a dataset file: small sets made here, every refusal, and the real MNIST
// and Fashion-MNIST.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/sha256.hpp"
#include "data_prep/catalogue.hpp"
#include "data_prep/published/sets.hpp"
#include "tests/support/idx_files.hpp"

namespace cance::prep {
namespace {

using tests::Bytes;

constexpr std::uint32_t kTrainRows = 12;
constexpr std::uint32_t kTestRows = 11;

class Prep : public testing::Test {
 protected:
  Prep() {
    write_part("train", kTrainRows);
    write_part("t10k", kTestRows);
  }

  static void SetUpTestSuite() { log::configure(log::Level::normal); }

  /// Pixel p of image i is (i + p) mod 256; labels go 0, 1, ... 9, 0, ...
  void write_part(const std::string& stem, std::uint32_t rows) {
    Bytes pixels;
    Bytes labels;
    for (std::uint32_t i = 0; i < rows; ++i) {
      labels.push_back(static_cast<std::uint8_t>(i % 10));
      for (std::uint32_t p = 0; p < 784; ++p) {
        pixels.push_back(static_cast<std::uint8_t>(i + p));
      }
    }
    tests::write_gz(raw_ / (stem + "-images-idx3-ubyte.gz"),
                    tests::idx_bytes({rows, 28, 28}, pixels));
    tests::write_plain(raw_ / (stem + "-labels-idx1-ubyte"), tests::idx_bytes({rows}, labels));
  }

  PrepSummary prepare() {
    testing::internal::CaptureStderr();  // warnings: these files are unknown to the catalogue
    try {
      PrepSummary summary = prep_idx_set("mnist", raw_.path(), out_);
      warnings_ = testing::internal::GetCapturedStderr();
      return summary;
    } catch (...) {
      warnings_ = testing::internal::GetCapturedStderr();
      throw;
    }
  }
  /// The message of the refusal, which must leave nothing behind.
  std::string refusal() {
    const auto message = tests::message_of([&] { prepare(); });
    EXPECT_TRUE(std::filesystem::is_empty(out_folder_.path())) << message;
    return message;
  }
  static void expect_has(const std::string& message, const std::vector<std::string>& parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    }
  }

  tests::TemporaryFolder raw_, out_folder_;
  std::filesystem::path out_ = out_folder_ / "mnist.h5";
  std::string warnings_;
};

TEST_F(Prep, WritesImagesLabelsAndSources) {
  const PrepSummary summary = prepare();
  EXPECT_EQ(summary.parts[0].rows_by_class,
            (std::vector<std::size_t>{2, 2, 1, 1, 1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(summary.parts[1].rows_by_class,
            (std::vector<std::size_t>{2, 1, 1, 1, 1, 1, 1, 1, 1, 1}));
  const store::DatasetFile file(out_);
  EXPECT_EQ(file.info().name, "mnist");
  EXPECT_EQ(file.info().class_names.size(), 10U);
  EXPECT_EQ(file.row_shape(), (Shape{1, 28, 28}));
  EXPECT_EQ(file.rows("train"), kTrainRows);
  EXPECT_EQ(file.rows("test"), kTestRows);
  EXPECT_EQ(file.labels("train")[11], 1);
  const std::int64_t row = 9;
  const auto values = file.read("test", {&row, 1});
  for (std::size_t p = 0; p < 784; ++p) {
    ASSERT_EQ(values[p], static_cast<float>((9 + p) % 256)) << "pixel " << p;
  }
  ASSERT_EQ(file.info().sources.size(), 4U);
  EXPECT_EQ(file.info().sources[0].name, "train-images-idx3-ubyte.gz");
  EXPECT_EQ(file.info().sources[0].sha256, sha256_file(raw_ / "train-images-idx3-ubyte.gz"));
}

TEST_F(Prep, UnknownFilesAreWarnedOf) {
  const PrepSummary summary = prepare();
  for (const CheckedSource& source : summary.sources) {
    EXPECT_FALSE(source.known);
    expect_has(warnings_, {source.file.name, source.file.sha256});
  }
  expect_has(warnings_,
             {public_set("mnist").files[0].sha256, public_set("mnist").files[1].unpacked_sha256});
}

TEST_F(Prep, FindsNamesWithADot) {
  std::filesystem::rename(raw_ / "train-images-idx3-ubyte.gz", raw_ / "train-images.idx3-ubyte.gz");
  std::filesystem::rename(raw_ / "t10k-labels-idx1-ubyte", raw_ / "t10k-labels.idx1-ubyte");
  EXPECT_EQ(prepare().sources[3].file.name, "t10k-labels.idx1-ubyte");
}

TEST_F(Prep, FewerLabelsThanImages) {
  tests::write_plain(raw_ / "train-labels-idx1-ubyte", tests::idx_bytes({3}, {0, 1, 2}));
  expect_has(refusal(), {"fewer labels than images", "train-labels-idx1-ubyte has 3",
                         "train-images-idx3-ubyte.gz has 12"});
}

TEST_F(Prep, MoreLabelsThanImages) {
  tests::write_plain(raw_ / "t10k-labels-idx1-ubyte", tests::idx_bytes({13}, Bytes(13)));
  expect_has(refusal(), {"more labels than images", "has 13 labels", "has 11 images"});
}

TEST_F(Prep, LabelBeyondTheClasses) {
  Bytes labels(kTestRows);
  labels[4] = 10;
  tests::write_plain(raw_ / "t10k-labels-idx1-ubyte", tests::idx_bytes({kTestRows}, labels));
  expect_has(refusal(), {"t10k-labels-idx1-ubyte", "label 10 in row 4", "expected 0..9"});
}

TEST_F(Prep, ImagesOfAnotherSize) {
  tests::write_gz(raw_ / "train-images-idx3-ubyte.gz", tests::idx_bytes({12, 2, 3}, Bytes(72)));
  expect_has(refusal(), {"train-images-idx3-ubyte.gz", "2 x 3 pixels", "expected 28 x 28"});
}

TEST_F(Prep, MissingFilesAreAllNamed) {
  std::filesystem::remove(raw_ / "train-images-idx3-ubyte.gz");
  std::filesystem::remove(raw_ / "t10k-labels-idx1-ubyte");
  expect_has(refusal(), {raw_.path().string(), "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
                         "fetch from https://"});
}

TEST_F(Prep, MissingFolder) {
  std::filesystem::remove_all(raw_.path());
  expect_has(refusal(), {raw_.path().string(), "no such folder"});
}

TEST_F(Prep, EmptyFile) {
  tests::write_plain(raw_ / "t10k-labels-idx1-ubyte", {});
  expect_has(refusal(), {"t10k-labels-idx1-ubyte", "empty"});
}

TEST_F(Prep, AFailureLeavesTheOldFile) {
  tests::write_plain(out_, {'o', 'l', 'd'});
  tests::write_plain(raw_ / "t10k-labels-idx1-ubyte", tests::idx_bytes({2}, {0, 1}));
  EXPECT_THROW(prepare(), Error);
  EXPECT_EQ(tests::read_bytes(out_), (Bytes{'o', 'l', 'd'}));
}

struct Facts {
  const char* set;
  std::vector<std::size_t> train, test;
  double mean, deviation;  ///< of x / 255 over the training part
};

class RealSet : public testing::TestWithParam<Facts> {};

TEST_P(RealSet, CountsAndMomentsAreThePublishedOnes) {
  const Facts& facts = GetParam();
  const auto folder = tests::data_root() / facts.set;
  if (!std::filesystem::exists(folder)) {
    std::printf("skipped: RealSet needs %s in CANCE_DATA_ROOT\n", facts.set);
    GTEST_SKIP() << "needs " << facts.set;
  }
  const tests::TemporaryFolder out;
  const PrepSummary summary = prep_idx_set(facts.set, folder, out / "set.h5");
  for (const CheckedSource& source : summary.sources) {
    EXPECT_TRUE(source.known) << source.file.name;
  }
  EXPECT_EQ(summary.parts[0].rows_by_class, facts.train);
  EXPECT_EQ(summary.parts[1].rows_by_class, facts.test);

  const store::DatasetFile file(out / "set.h5");
  std::vector<std::int64_t> rows(file.rows("train"));
  std::iota(rows.begin(), rows.end(), 0);
  double sum = 0;
  double squares = 0;
  for (const float value : file.read("train", rows)) {
    sum += static_cast<double>(value) / 255.0;
    squares += static_cast<double>(value) * static_cast<double>(value) / (255.0 * 255.0);
  }
  const double n = static_cast<double>(rows.size() * 784);
  EXPECT_NEAR(sum / n, facts.mean, 5e-6);
  EXPECT_NEAR(std::sqrt(squares / n - sum * sum / (n * n)), facts.deviation, 5e-6);
}

INSTANTIATE_TEST_SUITE_P(
    Sets, RealSet,
    testing::Values(Facts{"mnist",
                          {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
                          {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009},
                          .13066,
                          .30811},
                    Facts{"fashion-mnist", std::vector<std::size_t>(10, 6000),
                          std::vector<std::size_t>(10, 1000), .28604, .35302}),
    [](const auto& sets) { return std::string(sets.param.set) == "mnist" ? "Mnist" : "Fashion"; });

}  // namespace
}  // namespace cance::prep
