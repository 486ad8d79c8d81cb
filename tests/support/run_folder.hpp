// A folder of made-up run files, for tests of what is read from one.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/folder_test.hpp"
#include "tests/support/sample_run.hpp"

namespace cance::tests {

class RunFolderTest : public FolderTest {
 protected:
  void SetUp() override { std::filesystem::create_directories(runs()); }

  [[nodiscard]] std::filesystem::path runs() const { return folder_ / "runs"; }

  std::filesystem::path add(const store::RunRecord& record, const std::string& name) const {
    const std::filesystem::path file = runs() / (name + ".h5");
    std::filesystem::create_directories(file.parent_path());
    store::write_run_file(file, record);
    return file;
  }
  void add_grid(int cases, int seeds) const {
    for (int k = 0; k < cases; ++k) {
      for (int seed = 0; seed < seeds; ++seed) {
        const std::string cell = fmt::format("mnist/unimodal/class{}/seed{}", k, seed);
        static_cast<void>(add(sample_run(cell, seed), cell));
      }
    }
  }
};

/// The record with these methods in place of its first ones, of principal components.
inline store::RunRecord renamed(store::RunRecord record, const std::vector<std::string>& methods) {
  record.info.representation = "pca";
  record.scores.resize(methods.size());
  record.metrics.resize(methods.size());
  record.validation_scores.clear();
  record.thresholds.clear();
  record.noise.clear();
  for (std::size_t i = 0; i < methods.size(); ++i) {
    record.scores[i].first = methods[i];
    record.metrics[i].method = methods[i];
    record.thresholds[methods[i]] = 13;
  }
  return record;
}

}  // namespace cance::tests
