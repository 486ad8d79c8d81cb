// Truncated and bit-flipped dataset files of encoded pictures with names: either a clear Error or
// the same pictures, never a crash, a hang or another picture.
#include <gtest/gtest.h>

#include <fstream>
#include <numeric>

#include "base/atomic_file.hpp"
#include "store/dataset_file.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/pictures.hpp"

namespace cance {
namespace {

const int kSealedTrials = tests::mutations(2000);
const int kUnsealedTrials = tests::mutations(400);
constexpr std::int64_t kRows = 7;

class DamagedDatasetFile : public tests::FolderTest {
 protected:
  enum Outcome : int { kSame = 0, kRefused = 10, kOtherPicture = 20, kOtherText = 30 };
  void SetUp() override {
    tests::FolderTest::SetUp();
    store::DatasetWriter writer(path(), {"pictures", "CC0", {"normal", "hole"}, {}, {}});
    for (std::int32_t row = 0; row < kRows; ++row) {
      for (const char* part : {"train", "test"}) {
        writer.append_encoded(part, picture(row), row % 2, name(row));
      }
    }
    writer.commit();
    bytes_ = read_text_file(path());
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "d.h5"; }
  static tests::Bytes picture(std::int32_t row) {
    return row % 2 == 0 ? tests::jpeg(3, row % 4 == 0) : tests::png(1, 8, false, 10 + row, 30);
  }
  static std::string name(std::int32_t row) { return fmt::format("normal/{}.png", row); }

  [[nodiscard]] int outcome(const std::string& bytes) const {
    const auto path = folder_ / "damaged.h5";
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << bytes;
    try {
      const store::DatasetFile file(path);
      std::vector<std::int64_t> rows(kRows);
      std::iota(rows.begin(), rows.end(), 0);
      int result = kSame;
      for (const char* part : {"train", "test"}) {
        const auto pictures = file.read_encoded(part, rows);
        for (std::int32_t row = 0; row < kRows; ++row) {
          const auto i = static_cast<std::size_t>(row);
          if (pictures[i] != picture(row) || file.labels(part)[i] != row % 2) {
            return kOtherPicture;
          }
          const bool named = !file.names(part).empty();
          result = named && file.names(part)[i] == name(row) ? result : kOtherText;
        }
      }
      return result;
    } catch (const Error&) {
      return kRefused;
    }
  }

  std::string bytes_;
};

TEST_F(DamagedDatasetFile, SealedFileIsRefusedOrTheSame) {
  ASSERT_EQ(outcome(bytes_), kSame);
  int refused = 0;
  for (int trial = 0; trial < kSealedTrials; ++trial) {
    std::string what;
    const int result = outcome(tests::damaged(bytes_, trial, what));
    ASSERT_TRUE(result == kRefused || result == kSame) << what << ": outcome " << result;
    refused += result == kRefused ? 1 : 0;
  }
  EXPECT_GE(refused, kSealedTrials * 9 / 10);
}

// Names lie in a heap of HDF5, which has no checksum: without the line a letter may change unseen.
TEST_F(DamagedDatasetFile, UnsealedFileNeverCrashesOrChangesAPicture) {
  const std::string unsealed = tests::without_seal(bytes_);
  ASSERT_EQ(outcome(unsealed), kSame);
  int refused = 0;
  for (int trial = 0; trial < kUnsealedTrials; ++trial) {
    std::string what;
    const std::string bytes = tests::damaged(unsealed, trial, what);
    const int result = tests::in_child([&] { return outcome(bytes); });
    EXPECT_TRUE(result == kRefused || result == kSame || result == kOtherText)
        << what << ": outcome " << result;
    refused += result == kRefused ? 1 : 0;
  }
  EXPECT_GE(refused, kUnsealedTrials / 2);
}

}  // namespace
}  // namespace cance
