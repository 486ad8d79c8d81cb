// The dataset files of a launch, by the names that settings give them.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "store/dataset_file.hpp"

namespace cance::pipeline {

class DataRoot {
 public:
  explicit DataRoot(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// DIR/DATASET.h5.
  [[nodiscard]] std::filesystem::path path(const std::string& dataset) const {
    return folder_ / (dataset + ".h5");
  }
  [[nodiscard]] bool has(const std::string& dataset) const {
    return std::filesystem::exists(path(dataset));
  }
  /// Opened at the first call. Errors: those of DatasetFile; encoded pictures.
  [[nodiscard]] const store::DatasetFile& file(const std::string& dataset) {
    auto place = files_.find(dataset);
    if (place == files_.end()) {
      place = files_.try_emplace(dataset, path(dataset)).first;
      place->second.require_numbers();
    }
    return place->second;
  }

 private:
  std::filesystem::path folder_;
  std::map<std::string, store::DatasetFile> files_;
};

}  // namespace cance::pipeline
