// New rows for a trained model, out of every form of file that `cance prep` reads, made the way
// that the rows it was trained on were made.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "store/run_file.hpp"

namespace cance::prep {

/// Rows in their order, a block after another.
class InputRows {
 public:
  InputRows() = default;
  virtual ~InputRows() = default;
  InputRows(const InputRows&) = delete;
  InputRows& operator=(const InputRows&) = delete;

  /// Up to `most` further rows, one after another, images as 0..255; none at the end. Errors:
  /// damaged, values that are no finite numbers; they name the row.
  [[nodiscard]] virtual std::vector<float> next(std::size_t most) = 0;
  /// Names of the rows so far; none where rows have no names.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 protected:
  std::vector<std::string> names_;
};

struct InputRequest {
  std::filesystem::path path;  ///< file, folder of pictures, or "-": CSV on standard input
  std::string part = {};       ///< of a dataset file or of X_train and X_test; empty: test, or all
  std::string id = {};         ///< column of a CSV that names the rows; may be empty
  std::vector<std::int64_t> rows = {};  ///< of a dataset file, in this order; none: all
};

/// Opens rows of the kind that `form` says. Columns are matched by name, without names by place;
/// the label column and those that were left out may be there or not. Errors: missing, unknown kind
/// of file, tables for images and the reverse, another number of columns or another size of images,
/// columns that are missing or that nobody knows (all named, with the nearest names).
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
