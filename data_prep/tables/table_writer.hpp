// Writes a table of normal and anomalous rows as a dataset file and counts what it writes.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data_prep/catalogue.hpp"
#include "data_prep/prep_summary.hpp"
#include "store/dataset_file.hpp"

namespace cance::prep {

inline constexpr std::int32_t kNormal = 0;
inline constexpr std::int32_t kAnomalous = 1;

class TableWriter {
 public:
  /// Class 0 is normal. Names of columns; empty when rows of `width` numbers have none.
  struct Columns {
    std::vector<std::string> names, one_hot = {};
    std::size_t width;
    std::string preparation = {};  ///< as of store::DatasetInfo
  };
  TableWriter(const std::filesystem::path& out, const std::string& name, const std::string& licence,
              const Columns& columns, const std::vector<CheckedSource>& sources,
              const std::vector<std::string>& classes = {"normal", "anomalous"});
  /// Appends rows [n, width] to part "all", "train" or "test".
  void append(const std::string& part, std::span<const float> rows,
              std::span<const std::int32_t> labels);
  /// Completes the file. Error: a part without normal rows ("all" and "train").
  PrepSummary finish();

 private:
  PrepSummary summary_;
  store::DatasetWriter writer_;
};

}  // namespace cance::prep
