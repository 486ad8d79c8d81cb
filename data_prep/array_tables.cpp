#include "data_prep/array_tables.hpp"

#include <cmath>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/named_arrays.hpp"
#include "data_prep/npy.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;
using Arrays = std::map<std::string, NumberArray>;

const std::vector<std::string> kWanted{"X", "y", "X_train", "y_train", "X_test", "y_test"};

/// X and y of one part, in memory.
struct Labelled {
  std::string where;
  std::size_t columns = 0;
  std::vector<double> x;            // [n, columns]
  std::vector<std::string> labels;  // [n], or empty
};

class ArraySource : public RowSource {
 public:
  explicit ArraySource(std::shared_ptr<const Labelled> data)
      : data_(std::move(data)),
        cells_(data_->columns + (data_->labels.empty() ? 0 : 1)),
        texts_(data_->columns) {}
  bool next() override {
    if (next_ * data_->columns == data_->x.size()) {
      return false;
    }
    for (std::size_t i = 0; i < data_->columns; ++i) {
      const double value = data_->x[next_ * data_->columns + i];
      cells_[i].missing = std::isnan(value);
      cells_[i].number = std::isfinite(value) ? std::optional(value) : std::nullopt;
      texts_[i] = fmt::format("{}", value);
      cells_[i].text = texts_[i];
    }
    if (!data_->labels.empty()) {
      cells_.back() = cell_of(data_->labels[next_]);
    }
    ++next_;
    return true;
  }
  [[nodiscard]] std::span<const Cell> cells() const override { return cells_; }
  [[nodiscard]] std::string where() const override {
    return fmt::format("{}: row {}", data_->where, next_ - 1);
  }

 private:
  std::shared_ptr<const Labelled> data_;
  std::vector<Cell> cells_;
  std::vector<std::string> texts_;  // of the cells
  std::size_t next_ = 0;
};

TablePart array_part(const std::string& part, const fs::path& path, const std::string& x_name,
                     const NumberArray& x, const NumberArray* y) {
  auto data = std::make_shared<Labelled>();
  data->where = path.string() + (x_name.empty() ? "" : ":" + x_name);
  require(x.shape.size() == 2 && x.shape[0] > 0 && x.shape[1] > 0,
          "{}: {}, expected rows x columns", data->where, x.shape_text());
  data->columns = x.shape[1];
  data->x = as_doubles(x);
  TablePart table{part, path, {}, std::nullopt, {}};
  for (std::size_t i = 0; i < data->columns; ++i) {
    table.columns.push_back(fmt::format("x{}", i));
  }
  if (y != nullptr) {
    for (const double value : as_doubles(*y)) {
      data->labels.push_back(fmt::format("{}", value));
    }
    require(data->labels.size() == x.shape[0], "{}: {} rows, but {} labels", data->where,
            x.shape[0], data->labels.size());
    table.label = data->columns;
    table.columns.emplace_back("y");
  }
  table.open = [data] { return std::make_unique<ArraySource>(data); };
  return table;
}

const NumberArray* find(const Arrays& arrays, const std::string& name) {
  const auto place = arrays.find(name);
  return place == arrays.end() ? nullptr : &place->second;
}

}  // namespace

std::vector<TablePart> array_parts(const fs::path& path, const fs::path& labels) {
  if (path.extension() == ".npy") {
    const NumberArray x = read_npy(path);
    const NumberArray y = labels.empty() ? NumberArray{} : read_npy(labels);
    return {array_part("all", path, "", x, labels.empty() ? nullptr : &y)};
  }
  require(labels.empty(), "{}: --labels is for .npy; this kind of file brings y", path.string());
  const Arrays arrays = read_arrays(path, kWanted);
  if (const NumberArray* x = find(arrays, "X")) {
    return {array_part("all", path, "X", *x, find(arrays, "y"))};
  }
  const NumberArray* train = find(arrays, "X_train");
  const NumberArray* test = find(arrays, "X_test");
  require(train != nullptr && test != nullptr,
          "{}: expected the arrays X and y, or X_train, y_train, X_test and y_test", path.string());
  std::vector<TablePart> parts;
  parts.push_back(array_part("train", path, "X_train", *train, find(arrays, "y_train")));
  parts.push_back(array_part("test", path, "X_test", *test, find(arrays, "y_test")));
  return parts;
}

}  // namespace cance::prep
