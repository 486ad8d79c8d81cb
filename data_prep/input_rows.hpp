// New rows for a trained model, out of every form of file that `cance prep` reads, made the way
// that the rows it was trained on were made.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "data_prep/tables/csv_form.hpp"
#include "store/run_file.hpp"

namespace cance::prep {

/// A row that could not be made: its place among those read, from 0, and why.
struct RowFault {
  std::size_t row = 0;
  std::string reason;
};

/// Rows in their order, a block after another.
class InputRows {
 public:
  virtual ~InputRows() = default;

  /// Up to `most` further rows, one after another, images as 0..255; none at the end. A row that
  /// cannot be made (an unknown category, no number, a broken picture) is NaN, and one of
  /// `faults`. Error: damaged, so that no further row can be found.
  [[nodiscard]] virtual std::vector<float> next(std::size_t most) = 0;
  /// Names of the rows so far; none where rows have no names.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Labels of the rows so far, where the request names them, as written.
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  /// Of the rows so far those that could not be made, in their order.
  [[nodiscard]] const std::vector<RowFault>& faults() const { return faults_; }
  /// Of the rows so far those with samples of 16 bits that were cut, as they lie beyond the range.
  [[nodiscard]] std::size_t cut_rows() const { return cut_rows_; }

 protected:
  /// Row number `row`: the `size` numbers that `append` adds; where it throws, NaN and a fault.
  template <class Append>
  void add_row(std::size_t row, std::vector<float>& values, std::size_t size,
               const Append& append) {
    const std::size_t begin = values.size();
    try {
      append();
    } catch (const Error& error) {
      values.resize(begin);
      values.resize(begin + size, std::numeric_limits<float>::quiet_NaN());
      faults_.push_back({row, error.what()});
    }
  }

  void note_cut(std::size_t samples) { cut_rows_ += samples > 0 ? 1 : 0; }

  std::vector<std::string> names_, labels_;

 private:
  std::size_t cut_rows_ = 0;
  std::vector<RowFault> faults_;
};

struct InputRequest {
  std::filesystem::path path;  ///< file, folder of pictures, or "-": CSV on standard input
  std::string part = {};       ///< of a dataset file or of X_train and X_test; empty: test, or all
  std::string id = {};         ///< column of a CSV that names the rows; may be empty
  std::string label = {};      ///< column of a CSV that labels the rows; may be empty
  bool classes = false;        ///< of a dataset file: the rows' classes are their labels
  CsvForm csv = {};            ///< of a CSV
  std::vector<std::int64_t> rows = {};  ///< of a dataset file, in this order; none: all
  /// Of images: the raw values that become 0 and 255; none: as training had them.
  std::optional<std::array<double, 2>> range = {};
};

/// Opens rows of the kind that `form` says. Columns of a CSV with names are matched by name, others
/// by place; the label column and those that were left out may be there or not. Errors: missing,
/// unknown kind of file, tables for images and the reverse, another number of columns or another
/// size of images, columns that are missing or unknown (all named, with the nearest names).
[[nodiscard]] std::unique_ptr<InputRows> open_input(const InputRequest& request,
                                                    const store::InputRecord& form);

// One function a family of forms.
[[nodiscard]] std::unique_ptr<InputRows> open_dataset_rows(const InputRequest& request,
                                                           const store::InputRecord& form);
[[nodiscard]] std::unique_ptr<InputRows> open_table_rows(const InputRequest& request,
                                                         const store::InputRecord& form);
[[nodiscard]] std::unique_ptr<InputRows> open_image_rows(const InputRequest& request,
                                                         const store::InputRecord& form);

}  // namespace cance::prep
