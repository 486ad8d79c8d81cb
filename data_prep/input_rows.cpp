#include "data_prep/input_rows.hpp"

#include <algorithm>
#include <numeric>
#include <system_error>

#include "base/cast.hpp"
#include "base/text.hpp"
#include "data_prep/tables/preparation.hpp"
#include "store/dataset_file.hpp"
#include "store/schema.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

/// What was taken from the numbers of each column; none where that is not known.
std::vector<double> offsets_of(const std::string& preparation, const std::string& where) {
  return RowEncoder(parse_preparation(preparation, where).columns).offsets();
}

class DatasetRows final : public InputRows {
 public:
  DatasetRows(const InputRequest& request, const store::InputRecord& form)
      : file_(request.path),
        part_(part_of(request.part)),
        rows_(request.rows),
        classes_(request.classes) {
    file_.require_numbers();
    require(file_.row_shape() == form.row, "{}: rows of {}, but the run was trained on rows of {}",
            request.path.string(), fmt::join(file_.row_shape(), " x "), fmt::join(form.row, " x "));
    require_columns(form.columns);
    shifts_ = offsets_of(file_.info().preparation, request.path.string());
    const auto wanted = offsets_of(form.preparation, "the run file");
    shifts_.resize(form.row.front());
    for (std::size_t i = 0; i < std::min(shifts_.size(), wanted.size()); ++i) {
      shifts_[i] -= wanted[i];
    }
    if (std::ranges::all_of(shifts_, [](double shift) { return shift == 0; })) {
      shifts_.clear();
    }
    if (rows_.empty()) {
      rows_.resize(file_.rows(part_));
      std::iota(rows_.begin(), rows_.end(), 0);
    }
  }

  [[nodiscard]] std::vector<float> next(std::size_t most) override {
    const auto block = std::span(rows_).subspan(done_).first(std::min(most, rows_.size() - done_));
    done_ += block.size();
    if (const auto& names = file_.names(part_); !names.empty()) {
      for (const std::int64_t row : block) {
        names_.push_back(names.at(to<std::size_t>(row)));
      }
    }
    if (classes_) {
      for (const std::int64_t row : block) {
        labels_.push_back(file_.info().class_names.at(
            to<std::size_t>(file_.labels(part_).at(to<std::size_t>(row)))));
      }
    }
    try {
      return shifted(file_.read(part_, block));
    } catch (const Error&) {  // a row of the block: which?
      std::vector<float> values;
      for (std::size_t i = 0; i < block.size(); ++i) {
        add_row(done_ - block.size() + i, values, element_count(file_.row_shape()), [&] {
          const auto row = shifted(file_.read(part_, block.subspan(i, 1)));
          values.insert(values.end(), row.begin(), row.end());
        });
      }
      return values;
    }
  }

 private:
  [[nodiscard]] std::string part_of(const std::string& wanted) const {
    return wanted.empty() ? file_.parts().back() : wanted;  // test, or all
  }

  void require_columns(const std::vector<std::string>& wanted) const {
    const auto& found = file_.info().column_names;
    if (wanted.empty() || found.empty()) {
      return;
    }
    const auto [a, b] = std::ranges::mismatch(wanted, found);
    require(a == wanted.end(),
            "{}: column {} is '{}', but the run was trained on '{}' in its place; prepare both "
            "from tables of the same columns and categories, or score the raw table",
            file_.path().string(), a - wanted.begin(), b == found.end() ? "" : *b,
            a == wanted.end() ? "" : *a);
  }

  /// Numbers of the file less the offsets of the run instead of those of the file.
  [[nodiscard]] std::vector<float> shifted(std::vector<float> values) const {
    for (std::size_t i = 0; !shifts_.empty() && i < values.size(); ++i) {
      values[i] = static_cast<float>(values[i] + shifts_[i % shifts_.size()]);
    }
    return values;
  }

  store::DatasetFile file_;
  std::vector<double> shifts_;  // of each column; none: all 0
  std::string part_;
  std::vector<std::int64_t> rows_;
  bool classes_;
  std::size_t done_ = 0;
};

bool ends_with_any(const std::string& name, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
}

}  // namespace

std::unique_ptr<InputRows> open_dataset_rows(const InputRequest& request,
                                             const store::InputRecord& form) {
  return std::make_unique<DatasetRows>(request, form);
}

std::unique_ptr<InputRows> open_input(const InputRequest& request, const store::InputRecord& form) {
  const std::string path = request.path.string();
  std::error_code error;
  require(path == "-" || fs::exists(request.path, error), "{}: no such file or folder", path);
  const bool hdf5 = ends_with_any(lower(path), {".h5", ".hdf5", ".hdf"});
  if (hdf5 && store::schema_of(request.path) == store::kDatasetSchema) {
    require(request.id.empty(), "--id names a column of a CSV, {} is a dataset file", path);
    require(!request.range, "--range is for raw images, {} is a dataset file", path);
    require(request.label.empty(),
            "--label names a column of a CSV, {} is a dataset file; say which of its classes are "
            "normal by --normal",
            path);
    return open_dataset_rows(request, form);
  }
  require(request.rows.empty(),
          "{}: no dataset file; the run's own rows are in the one it was trained on", path);
  require(!request.classes || !request.label.empty(),
          "--normal names labels; say in which column of a CSV they are by --label");
  require(request.label.empty() || form.row.size() == 1,
          "--label names a column of a table, but the run was trained on images; prepare {} (cance "
          "prep folder), whose classes are its labels",
          path);
  require(!request.range || form.row.size() == 3,
          "--range is for images, but the run was trained on a table");
  return form.row.size() == 3 ? open_image_rows(request, form) : open_table_rows(request, form);
}

}  // namespace cance::prep
