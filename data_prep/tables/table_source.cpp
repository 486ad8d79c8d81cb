#include "data_prep/tables/table_source.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/tables/array_tables.hpp"
#include "data_prep/tables/csv_source.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> csv_header(const fs::path& path) {
  CsvReader reader(path);
  require(reader.next(), "{}: the file is empty, expected a header of column names", path.string());
  reader.require_commas();
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const std::string_view field : reader.fields()) {
    names.emplace_back(cell_of(field).text);
    require(!names.back().empty() && seen.insert(names.back()).second,
            "{}: the header names column {} '{}', expected names, each once", reader.where(),
            names.size(), names.back());
  }
  require(!std::ranges::all_of(names,
                               [](const auto& name) { return cell_of(name).number.has_value(); }),
          "{}: holds numbers only, expected a header of column names", reader.where());
  return names;
}

TablePart csv_part(const std::string& part, const fs::path& path, const std::string& label) {
  TablePart table{part, path, csv_header(path), std::nullopt, {}};
  if (!label.empty()) {
    const auto place = std::ranges::find(table.columns, label);
    require(place != table.columns.end(), "{}: there is no label column '{}'{} (columns: {})",
            path.string(), label, did_you_mean(label, table.columns), join(table.columns, ", "));
    table.label = static_cast<std::size_t>(place - table.columns.begin());
  }
  table.open = [path] {
    return std::make_unique<CsvSource>(path, [](std::span<const RawCell>) { return false; });
  };
  return table;
}

std::vector<TablePart> parts_of(const fs::path& path, const fs::path& labels,
                                const std::string& label) {
  std::error_code error;
  require(fs::is_regular_file(path, error), "{}: {}", path.string(),
          fs::exists(path, error) ? "expected a file" : "no such file");
  if (!is_csv(path)) {
    require(label.empty(), "{}: --label names a column of a CSV file; arrays bring y, or --labels",
            path.string());
    return array_parts(path, labels);
  }
  require(labels.empty(), "{}: --labels is for .npy; name a column by --label", path.string());
  return {csv_part("all", path, label)};
}

}  // namespace

std::vector<TablePart> open_table(const TableFiles& files) {
  std::vector<TablePart> parts = parts_of(files.raw, files.labels, files.label);
  if (!files.test_raw.empty()) {
    auto test = parts_of(files.test_raw, files.test_labels, files.label);
    require(parts.size() == 1 && test.size() == 1,
            "{}: --test-raw is given, but a file holds X_train and X_test already",
            files.test_raw.string());
    parts.front().part = "train";
    test.front().part = "test";
    parts.push_back(std::move(test.front()));
  }
  require(parts.front().columns == parts.back().columns,
          "{}: its columns are not those of {}: {} and {} of them, or other names",
          parts.back().file.string(), parts.front().file.string(), parts.back().columns.size(),
          parts.front().columns.size());
  return parts;
}

}  // namespace cance::prep
