// A user's table as rows of cells, whatever file it comes from: CSV, .npy, .npz, .mat, HDF5.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data_prep/cell.hpp"

namespace cance::prep {

/// One reading of a table from its first row to its last.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Goes on to the next row; false at the end. Error: damaged, another number of fields.
  virtual bool next() = 0;
  /// The row's cells, one a column; they live until the next call of `next`.
  [[nodiscard]] virtual std::span<const Cell> cells() const = 0;
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
};

struct TableFiles {
  std::filesystem::path raw, test_raw;        ///< test_raw may be empty
  std::filesystem::path labels, test_labels;  ///< .npy files for a .npy; may be empty
  std::string label;                          ///< column of a CSV; may be empty
};

/// The parts that these files make: "all", or "train" and "test" with `test_raw` or where an .npz,
/// .mat or HDF5 file holds X_train and X_test. Errors: unknown kind of file, no X, X and y of
/// different length, no such label column, a CSV without header, with another separator or with a
/// name twice, columns of train and test differ.
[[nodiscard]] std::vector<TablePart> open_table(const TableFiles& files);

}  // namespace cance::prep
