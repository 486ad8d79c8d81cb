// A dataset as the cells of a rank see it: rows of a split, in memory or streamed.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "nn/rows.hpp"
#include "store/dataset_file.hpp"

namespace cance::pipeline {

class LoadedDataset {
 public:
  explicit LoadedDataset(const std::filesystem::path& path) : file_(path) {}
  [[nodiscard]] const store::DatasetFile& file() const { return file_; }

  /// The rows `indices` of a part for training in batches of `batch`: in memory, or streamed in
  /// windows of `window` rows where that is not 0.
  [[nodiscard]] std::unique_ptr<nn::Rows> rows(const std::string& part,
                                               const std::vector<std::int64_t>& indices,
                                               std::int64_t window, std::int64_t batch,
                                               const nn::Compute& compute) const;
  /// The same for rows that many cells judge: a whole part in memory is read once.
  [[nodiscard]] std::unique_ptr<nn::Rows> shared_rows(const std::string& part,
                                                      const std::vector<std::int64_t>& indices,
                                                      std::int64_t window,
                                                      const nn::Compute& compute);

 private:
  store::DatasetFile file_;
  std::mutex mutex_;                         // lanes share the parts
  std::map<std::string, at::Tensor> parts_;  // whole, float32
};

}  // namespace cance::pipeline
