// Rows of a raw table, one after another, whatever file they come from.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data_prep/tables/raw_cell.hpp"

namespace cance::prep {

/// One reading of a table from its first row to its last.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Goes on to the next row; false at the end. Error: damaged.
  virtual bool next() = 0;
  /// The row's cells, one a column; they live until the next call of `next`. Before the first row
  /// only their number counts. Error: another number of fields; the next row can be read.
  [[nodiscard]] virtual std::span<const RawCell> cells() const = 0;
  /// "file.csv: line 3" or "file.npy: row 2", for messages.
  [[nodiscard]] virtual std::string where() const = 0;
};

/// A part of the dataset file to be.
struct TablePart {
  std::string part;  ///< "all", "train" or "test"
  std::filesystem::path file;
  std::vector<std::string> columns;
  std::optional<std::size_t> label;  ///< place among the columns
  std::function<std::unique_ptr<RowSource>()> open;
  bool header = true;           ///< whether the names of the columns are the file's
  std::string python = {};      ///< of a CSV: the Python that reads it, for advice
  std::string surprise = {};    ///< of a CSV: as CsvReader::surprise
  bool decimal_commas = false;  ///< of a CSV
};

}  // namespace cance::prep
