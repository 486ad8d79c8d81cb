// Truncated and bit-flipped run files: never a crash, a hang or a wrong number; either a clear
// Error or the same values. With the checksum line in front damage is found before HDF5 reads a
// byte. Without it (a file of another tool) the HDF5 library itself faces the damage, so every
// reading happens in a child process.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/sample_run.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;
bool same_numbers(const store::RunRecord& a, const store::RunRecord& b) {
  const auto tensors = [](const store::RunRecord& record) {
    std::vector<std::pair<Shape, std::vector<double>>> all;
    for (const auto& [name, tensor] : record.model) {
      all.emplace_back(tensor.shape, tensor.values);
    }
    for (const auto& [part, values] : record.composite) {
      all.emplace_back(Shape{values.rows(), values.cols()},
                       std::vector<double>(values.values().begin(), values.values().end()));
    }
    return all;
  };
  const auto series = [](const store::RunRecord& record) {
    std::vector<std::vector<double>> all = {record.moments.mean,
                                            record.moments.covariance,
                                            {record.moments.latent_condition, record.info.seconds}};
    for (const auto& [method, scores] : record.scores) {
      all.push_back(scores);
    }
    for (const auto& [method, scales] : record.noise) {
      all.push_back(scales);
    }
    for (const auto& [stage, history] : record.history) {
      all.insert(all.end(), {history.train_loss,
                             history.validation_loss,
                             history.seconds,
                             {history.epoch.begin(), history.epoch.end()}});
    }
    for (const auto& metric : record.metrics) {
      all.push_back({metric.value});
    }
    return all;
  };
  return a.labels == b.labels && a.index == b.index && a.moments.count == b.moments.count &&
         a.info.seed == b.info.seed && a.info.ranks == b.info.ranks &&
         a.info.threads == b.info.threads && a.gallery.position == b.gallery.position &&
         a.gallery.input == b.gallery.input && a.gallery.output == b.gallery.output &&
         series(a) == series(b) && tensors(a) == tensors(b);
}

bool same_texts(const store::RunRecord& a, const store::RunRecord& b) {
  const auto texts = [](const store::RunRecord& record) {
    const store::RunInfo& info = record.info;
    std::vector<std::string> all = {info.cell,
                                    info.dataset,
                                    info.protocol,
                                    info.case_name,
                                    info.representation,
                                    info.config,
                                    info.config_hash,
                                    info.software,
                                    info.software_version,
                                    info.git_commit,
                                    info.date,
                                    info.machine,
                                    info.device,
                                    info.precision,
                                    info.dataset_sha256,
                                    info.split_sha256,
                                    record.threshold_rule,
                                    record.gallery.method};
    for (const auto& [name, version] : info.libraries) {
      all.insert(all.end(), {name, version});
    }
    for (const auto& metric : record.metrics) {
      all.insert(all.end(), {metric.method, metric.metric});
    }
    return all;
  };
  return texts(a) == texts(b) && a.thresholds == b.thresholds &&
         a.composite_columns == b.composite_columns;
}

class DamagedRunFile : public tests::FolderTest {
 protected:
  static inline const int kTrials = tests::mutations(200);
  enum Outcome : int { kSame = 0, kRefused = 10, kOtherNumber = 20, kOtherText = 30 };
  void SetUp() override {
    store::write_run_file(folder_ / "good.h5", record_);
    bytes_ = read_text_file(folder_ / "good.h5");
  }

  int outcome(const fs::path& path) const {
    try {
      const auto read = store::read_run_file(path, store::Detail::full);
      return !same_numbers(read, record_) ? kOtherNumber
             : same_texts(read, record_)  ? kSame
                                          : kOtherText;
    } catch (const Error&) {
      return kRefused;
    }
  }

  int outcome_in_child(const std::string& bytes) const {
    const fs::path path = folder_ / "damaged.h5";
    write_text_file(path, bytes);
    return tests::in_child([&] { return outcome(path); });
  }

  store::RunRecord record_ = tests::sample_run("mnist/unimodal/class3/seed0", 0);
  std::string bytes_;
};

TEST_F(DamagedRunFile, SealedFileIsRefusedOrTheSame) {
  int refused = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::string what;
    const int result = outcome_in_child(tests::damaged(bytes_, trial, what));
    EXPECT_TRUE(result == kRefused || result == kSame) << what << ": outcome " << result;
    refused += result == kRefused ? 1 : 0;
  }
  EXPECT_GE(refused, kTrials * 9 / 10);
}

TEST_F(DamagedRunFile, EveryBitOfTheChecksumLineMatters) {
  const std::size_t end = bytes_.find('\n');
  for (std::size_t place = 0; place <= end; ++place) {
    std::string bytes = bytes_;
    bytes[place] = static_cast<char>(static_cast<unsigned char>(bytes[place]) ^ 1U);
    const int result = outcome_in_child(bytes);
    EXPECT_TRUE(result == kRefused || result == kSame)
        << "byte " << place << ": outcome " << result;
  }
}

// The texts of HDF5 lie in a heap that has no checksum: without the line a flipped letter of a name
// stays unseen.
TEST_F(DamagedRunFile, UnsealedFileNeverCrashesOrChangesANumber) {
  const std::string unsealed = tests::without_seal(bytes_);
  ASSERT_EQ(outcome_in_child(unsealed), kSame);
  int refused = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::string what;
    const int result = outcome_in_child(tests::damaged(unsealed, trial, what));
    EXPECT_TRUE(result == kRefused || result == kSame || result == kOtherText)
        << what << ": outcome " << result;
    refused += result == kRefused ? 1 : 0;
  }
  EXPECT_GE(refused, kTrials / 2);
}

}  // namespace
}  // namespace cance
