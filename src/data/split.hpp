// Which rows train, validate and test in a cell: a function of (dataset, protocol, case, seed)
// alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/cell.hpp"
#include "config/options.hpp"
#include "store/dataset_file.hpp"

namespace cance::data {

struct Split {
  std::string train_part;  ///< part of the dataset file that train and validation index
  std::string test_part;
  std::vector<std::int64_t> train;        ///< ascending, all normal
  std::vector<std::int64_t> validation;   ///< ascending, all normal
  std::vector<std::int64_t> test;         ///< ascending
  std::vector<std::uint8_t> test_labels;  ///< 1 = anomalous, by `test`
  std::string sha256;                     ///< of the row numbers
};

/// Whether rows of this class are normal in the cell, by its protocol.
[[nodiscard]] bool is_normal(const config::Cell& cell, std::int32_t label);

/// Splits by the cell's protocol (protocols.md section 1): unimodal trains on class k, multimodal
/// on all classes but k; the whole test part is judged. Errors: no such class, a class with too few
/// rows, a test part without normals or anomalies.
[[nodiscard]] Split make_split(const store::DatasetFile& file, const config::Cell& cell,
                               const config::SplitOptions& options);

/// SHA-256 that names the content of a dataset file: its name, sources and sizes.
[[nodiscard]] std::string dataset_sha256(const store::DatasetFile& file);

}  // namespace cance::data
