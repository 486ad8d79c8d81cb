// One cell from data to its record: split, autoencoder, composite features, moments, every method,
// metrics.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/cell.hpp"
#include "store/dataset_file.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {

/// A dataset in memory, shared by the cells of a rank: the file and its test rows, read once.
class LoadedDataset {
 public:
  explicit LoadedDataset(const std::filesystem::path& path) : file_(path) {}
  [[nodiscard]] const store::DatasetFile& file() const { return file_; }
  /// All rows of the part, float32, row-major; read at the first call.
  [[nodiscard]] const std::vector<float>& rows(const std::string& part);

 private:
  store::DatasetFile file_;
  std::map<std::string, std::vector<float>> rows_;
};

/// Told what is going on ("autoencoder") and the share of the cell that is done, 0 to 1.
using CellProgress = std::function<void(const std::string& stage, double done)>;

/// Trains and judges the cell. Deterministic in (config, data, threads). Throws Error on unusable
/// data and Stopped on request.
[[nodiscard]] store::RunRecord run_cell(const config::Config& config, const config::Cell& cell,
                                        LoadedDataset& dataset, const CellProgress& progress);

}  // namespace cance::pipeline
