// The light record of one cell: its numbers, and ROC curves at a fixed number of points, so that
// its size does not depend on the number of rows that were scored.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "store/run_file.hpp"

namespace cance::report {

inline constexpr const char* kAuroc = "auroc";

struct Cell {
  std::filesystem::path file;
  store::RunInfo info;        ///< the settings text is moved to Gathered::settings
  std::string settings_hash;  ///< SHA-256 of shared_settings
  std::map<std::string, std::map<std::string, double>> metrics;  ///< method -> metric -> value
  std::map<std::string, std::vector<double>> roc;    ///< method -> true positive rate at roc_rates
  std::map<std::string, std::vector<double>> noise;  ///< method -> learned scale a of each column
  std::vector<std::string> columns;                  ///< of the composite feature
  double latent_condition = 0;
  std::size_t normals = 0, anomalies = 0;  ///< test rows

  /// The value, or NaN where this cell has none.
  [[nodiscard]] double metric(const std::string& method, const std::string& name) const;
};

/// The false positive rates at which every ROC curve is kept: evenly spread on a logarithmic axis
/// from .001 to 1.
[[nodiscard]] const std::vector<double>& roc_rates();

/// The settings text of a cell without its own case and seed: what the cells of a grid have in
/// common.
[[nodiscard]] std::string shared_settings(const std::string& config);

/// Light record of one run.
[[nodiscard]] Cell cell_of(const store::RunRecord& record, const std::filesystem::path& file);

}  // namespace cance::report
