// Tables out of files of arrays.
#include <map>

#include "base/error.hpp"
#include "data_prep/readers/npy.hpp"
#include "data_prep/tables/array_source.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;
using Arrays = std::map<std::string, NumberArray>;

const std::vector<std::string> kWanted{"X", "y", "X_train", "y_train", "X_test", "y_test"};

TablePart array_part(const std::string& part, const fs::path& path, NamedArray rows,
                     const NumberArray* y) {
  TablePart table{part, path, column_names(rows), std::nullopt, {}};
  auto data = std::make_shared<LabelledArray>(LabelledArray{std::move(rows)});
  if (y != nullptr) {
    for (const double value : as_doubles(*y)) {
      data->labels.push_back(fmt::format("{}", value));
    }
    const std::size_t count = data->rows.numbers.shape.front();
    require(data->labels.size() == count, "{}: {} rows, but {} labels", data->rows.where, count,
            data->labels.size());
    table.label = table.columns.size();
    table.columns.emplace_back("y");
  }
  table.open = [data] { return std::make_unique<ArraySource>(data, /*texts=*/true); };
  return table;
}

/// The part of the array `x`, which is taken out of `arrays`, and of the labels `y`, if any.
TablePart named_part(const std::string& part, const fs::path& path, Arrays& arrays,
                     const std::string& x, const std::string& y) {
  const auto labels = arrays.find(y);
  return array_part(part, path, {path.string() + ":" + x, std::move(arrays.at(x))},
                    labels == arrays.end() ? nullptr : &labels->second);
}

}  // namespace

std::vector<TablePart> array_parts(const fs::path& path, const fs::path& labels) {
  if (is_npy(path)) {
    NumberArray x = read_npy(path);
    const NumberArray y = labels.empty() ? NumberArray{} : read_npy(labels);
    return {array_part("all", path, {path.string(), std::move(x)}, labels.empty() ? nullptr : &y)};
  }
  require(labels.empty(), "{}: --labels is for .npy; this kind of file brings y", path.string());
  Arrays arrays = read_arrays(path, kWanted);
  if (arrays.contains("X")) {
    return {named_part("all", path, arrays, "X", "y")};
  }
  if (!arrays.contains("X_train") || !arrays.contains("X_test")) {
    refuse_names(path, "the arrays X and y, or X_train, y_train, X_test and y_test");
  }
  return {named_part("train", path, arrays, "X_train", "y_train"),
          named_part("test", path, arrays, "X_test", "y_test")};
}

}  // namespace cance::prep
