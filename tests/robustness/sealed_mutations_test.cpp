// Mutated HDF5 files whose checksum line is right again, as anybody can make it so: each is refused
// with an Error or read, never a crash, a hang or much memory. The kinds that have tests of damage
// of their own (run files, archives, data sets) meet several changes at once here.
#include <gtest/gtest.h>

#include <functional>

#include "archive/collect.hpp"
#include "archive/run_source.hpp"
#include "base/atomic_file.hpp"
#include "data_prep/readers/named_arrays.hpp"
#include "hdf5/seal.hpp"
#include "store/checkpoint_file.hpp"
#include "store/dataset_file.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/robustness/mutations.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/sample_run.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;
const int kTrials = tests::mutations(60);  // of each kind

enum Outcome : int { kRead = 0, kRefused = 10 };

class SealedMutations : public tests::FolderTest {
 protected:
  /// Reads mutations of the file `good`, with the checksum line of a `kind`, or without one.
  void mutate_all(const fs::path& good, const std::string& kind,
                  const std::function<void(const fs::path&)>& read) {
    const tests::Bytes original = tests::read_bytes(good);
    const fs::path path = folder_ / ("mutated" + good.extension().string());
    int refused = 0;
    for (int trial = 0; trial < kTrials; ++trial) {
      fs::remove(path);
      tests::write_plain(path, tests::mutate(original, static_cast<std::uint64_t>(trial)));
      if (!kind.empty() && fs::file_size(path) > 512) {
        hdf5::seal_file(path, kind);
      }
      const int result = tests::in_child([&] {
        try {
          read(path);
          return kRead;
        } catch (const Error&) {
          return kRefused;
        }
      });
      ASSERT_TRUE(result == kRead || result == kRefused)
          << good << ", mutation " << trial << ": outcome " << result;
      refused += result == kRefused ? 1 : 0;
    }
    EXPECT_GT(refused, kTrials / 4);
  }
};

TEST_F(SealedMutations, RunFile) {
  store::write_run_file(folder_ / "good.h5", tests::sample_run("mnist/unimodal/class3/seed0", 0));
  mutate_all(folder_ / "good.h5", "run", [](const fs::path& path) {
    static_cast<void>(store::read_run_file(path, store::Detail::full));
  });
}

TEST_F(SealedMutations, Archive) {
  const std::string cell = "mnist/unimodal/class3/seed0";
  store::write_run_file(folder_ / "runs" / (cell + ".h5"), tests::sample_run(cell, 0));
  static_cast<void>(archive::collect({{folder_ / "runs"}, folder_ / "good.h5"}));
  mutate_all(folder_ / "good.h5", "archive", [this](const fs::path& path) {
    static_cast<void>(archive::collect({{path}, folder_ / "again.h5"}));
  });
}

TEST_F(SealedMutations, Dataset) {
  store::DatasetWriter writer(folder_ / "good.h5", {"d", "CC0", {"normal", "odd"}, {"a", "b"}, {}});
  const std::vector<std::int32_t> labels{0, 0, 1};
  writer.append_rows("all", std::vector<float>{1, 2, 3, 4, 5, 6}, 2, labels);
  writer.commit();
  mutate_all(folder_ / "good.h5", "dataset", [](const fs::path& path) {
    const store::DatasetFile file(path);
    for (const std::string& part : file.parts()) {
      static_cast<void>(file.read(part, std::vector<std::int64_t>{0}));
    }
  });
}

TEST_F(SealedMutations, Checkpoint) {
  store::Checkpoint checkpoint;
  checkpoint.key = "settings";
  checkpoint.history = tests::sample_history(3, 2, 1);
  checkpoint.state["0.weight"] = {{2, 3}, {1, 2, 3, 4, 5, 6}};
  checkpoint.best = checkpoint.optimiser = checkpoint.state;
  store::write_checkpoint(folder_ / "good.ckpt", checkpoint);
  mutate_all(folder_ / "good.ckpt", "checkpoint",
             [](const fs::path& path) { static_cast<void>(store::read_checkpoint(path)); });
}

TEST_F(SealedMutations, TableOfAnotherTool) {
  {
    const hdf5::Group root = hdf5::create_file(folder_ / "good.h5");
    root.write<double>("X", std::vector<double>{1, 2, 3, 4, 5, 6}, {3, 2});
    root.write("y", std::vector<std::uint8_t>{0, 0, 1});
  }
  const auto read = [](const fs::path& path) {
    for (const auto& [name, array] : prep::read_arrays(path, {"X", "y"})) {
      static_cast<void>(prep::as_doubles(array));
    }
  };
  mutate_all(folder_ / "good.h5", "", read);
  tests::Bytes matlab = tests::read_bytes(folder_ / "good.h5");  // its first 512 bytes are free
  const std::string head = "MATLAB 7.3 MAT-file";
  std::ranges::copy(head, matlab.begin());
  tests::write_plain(folder_ / "good.mat", matlab);
  mutate_all(folder_ / "good.mat", "", read);
}

}  // namespace
}  // namespace cance
