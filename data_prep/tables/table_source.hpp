// A user's table as rows of cells, whatever file it comes from: CSV, .npy, .npz, .mat, HDF5.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data_prep/tables/csv_form.hpp"
#include "data_prep/tables/row_source.hpp"

namespace cance::prep {

struct TableFiles {
  std::filesystem::path raw, test_raw;        ///< test_raw may be empty
  std::filesystem::path labels, test_labels;  ///< .npy files for a .npy; may be empty
  std::string label;                          ///< column of a CSV; may be empty
  std::string encoding = {};                  ///< of CSV files, as of CsvForm
  Header header = Header::ask;                ///< of CSV files
};

/// The parts that these files make: "all", or "train" and "test" with `test_raw` or where an .npz,
/// .mat or HDF5 file holds X_train and X_test. Errors: unknown kind of file, no X, X and y of
/// different length, no such label column, a CSV with a name twice or with
/// a first line that may be a header or a row, columns of train and test that differ in more than
/// their order.
/// `named`: columns that the user names, beside the label; a first line with them is a header.
[[nodiscard]] std::vector<TablePart> open_table(const TableFiles& files,
                                                std::vector<std::string> named = {});

}  // namespace cance::prep
