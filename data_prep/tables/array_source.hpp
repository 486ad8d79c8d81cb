// Rows of an array, and tables out of files of arrays: X [n, d] and y [n].
#pragma once

#include "data_prep/readers/named_arrays.hpp"
#include "data_prep/tables/row_source.hpp"

namespace cance::prep {

/// An array of rows, each with a label or none of them.
struct LabelledArray {
  NamedArray rows;                       ///< [n, d]
  std::vector<std::string> labels = {};  ///< [n], or empty
};

/// Names of the columns: x0, x1, ... Error: the array has other than two dimensions, or no numbers.
[[nodiscard]] std::vector<std::string> column_names(const NamedArray& rows);

class ArraySource final : public RowSource {
 public:
  /// A row's cells are its numbers and, where there are labels, its label. Numbers have texts where
  /// `texts`; those that are not finite always have. `array`: rows x columns.
  ArraySource(std::shared_ptr<const LabelledArray> array, bool texts);

  bool next() override;
  [[nodiscard]] std::span<const RawCell> cells() const override { return cells_; }
  [[nodiscard]] std::string where() const override;

 private:
  void set(std::size_t column, double value);

  std::shared_ptr<const LabelledArray> array_;
  std::size_t columns_;
  std::vector<RawCell> cells_;
  std::vector<std::string> words_;  // texts of the cells
  bool texts_;
  std::size_t next_ = 0;
};

/// The parts of a .npy (X; y in the .npy `labels`, if not empty), .npz, .mat or HDF5 file (X, y; or
/// X_train, y_train, X_test, y_test; y may be absent). The columns are x0, x1, ..., and y the
/// label. The arrays are held in memory while the parts live. Errors: as open_table.
[[nodiscard]] std::vector<TablePart> array_parts(const std::filesystem::path& path,
                                                 const std::filesystem::path& labels);

}  // namespace cance::prep
