// What a preparation wrote, for the command line to print.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/dataset_file.hpp"

namespace cance::prep {

/// One part of the dataset file and its rows by class.
struct PartCounts {
  std::string part;                        ///< "train", "test" or "all"
  std::vector<std::size_t> rows_by_class;  ///< index = class number
};

/// A source file and whether its bytes are those of the catalogue.
struct CheckedSource {
  store::SourceFile file;
  bool known = false;
};

struct PrepSummary {
  std::string name;
  std::vector<std::string> class_names;
  std::vector<std::string> column_names = {};  ///< tables; empty for images
  std::vector<std::string> one_hot_columns = {};
  std::string preparation = {};  ///< as of store::DatasetInfo
  Shape row_shape;               ///< {c, h, w} or {d}
  std::vector<PartCounts> parts;
  std::vector<CheckedSource> sources;  ///< empty for generated sets
};

/// Counts these labels, too, which must be numbers of its classes.
void add_labels(PartCounts& part, std::span<const std::int32_t> labels);

/// The root attributes of the dataset file that `summary` is about.
[[nodiscard]] store::DatasetInfo dataset_info(const PrepSummary& summary,
                                              const std::string& licence);

}  // namespace cance::prep
