#include "data_prep/tables/table_source.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/tables/array_source.hpp"
#include "data_prep/tables/column_matching.hpp"
#include "data_prep/tables/csv_source.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

/// Rows of another source with their cells in another order; kNowhere is a missing one.
class OrderedSource final : public RowSource {
 public:
  OrderedSource(std::unique_ptr<RowSource> source, std::vector<std::size_t> places)
      : source_(std::move(source)), places_(std::move(places)), cells_(places_.size()) {}

  bool next() override {
    const bool there = source_->next();
    for (std::size_t i = 0; there && i < cells_.size(); ++i) {
      cells_[i] = places_[i] == kNowhere ? RawCell{.missing = true} : source_->cells()[places_[i]];
    }
    return there;
  }
  [[nodiscard]] std::span<const RawCell> cells() const override { return cells_; }
  [[nodiscard]] std::string where() const override { return source_->where(); }

 private:
  std::unique_ptr<RowSource> source_;
  std::vector<std::size_t> places_;
  std::vector<RawCell> cells_;
};

/// Brings the columns of a part to those `wanted` of `file`: by name, without names by place.
void put_in_order(TablePart& table, const std::vector<std::string>& wanted, const fs::path& file) {
  Preparation preparation;
  for (const std::string& name : wanted) {
    preparation.columns.push_back(
        {.name = name, .use = is_unnamed(name) ? ColumnUse::left_out : ColumnUse::number});
  }
  const auto names = table.header ? table.columns : std::vector<std::string>();
  const auto places = match_columns(table.file.string(), names, table.columns.size(), preparation,
                                    {}, "those of " + file.string())
                          .columns;
  table.open = [open = table.open, places] {
    return std::make_unique<OrderedSource>(open(), places);
  };
  table.columns = wanted;
}

void check_header(const std::vector<std::string>& names, const std::string& where) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    require(
        seen.insert(name).second,
        "{}: the header names two columns '{}', expected names, each once (a table without header: "
        "--header no)",
        where, name);
  }
}

/// A part of a CSV; where `known` are those of another part, columns are brought to their order.
TablePart csv_part(const std::string& part, const fs::path& path, const TableFiles& files,
                   const KnownColumns& known) {
  const CsvSource first(path, {files.encoding, files.header}, known);
  TablePart table{part, path, first.names(), std::nullopt, {}};
  check_header(table.columns, first.where());
  table.header = !table.columns.empty();
  if (!table.header) {
    table.columns = numbered_columns(first.cells().size());
  }
  table.decimal_commas = first.reader().dialect().decimal_comma;
  const CsvForm found{files.encoding, table.header ? Header::yes : Header::no,
                      table.decimal_commas};
  table.open = [path, found] { return std::make_unique<CsvSource>(path, found, KnownColumns{}); };
  table.python = first.reader().python();
  table.surprise = first.reader().surprise();
  if (known.trained && table.columns != known.names) {
    put_in_order(table, known.names, files.raw);
  }
  if (!files.label.empty()) {
    const auto& names = table.columns;
    const auto place = std::ranges::find(names, files.label);
    require(place != names.end(), "{}: there is no label column '{}'{} (columns: {})",
            path.string(), files.label, did_you_mean(files.label, names), join(names, ", "));
    table.label = static_cast<std::size_t>(place - names.begin());
  }
  return table;
}

std::vector<TablePart> parts_of(const fs::path& path, const fs::path& labels,
                                const TableFiles& files, const KnownColumns& known) {
  std::error_code error;
  require(fs::is_regular_file(path, error), "{}: {}", path.string(),
          fs::exists(path, error) ? "expected a file" : "no such file");
  if (!separator_of(path)) {
    require(files.label.empty(),
            "{}: --label names a column of a CSV file; arrays bring y, or --labels", path.string());
    require(files.encoding.empty() && files.header == Header::ask,
            "{}: --encoding and --header are for CSV files", path.string());
    return array_parts(path, labels);
  }
  require(labels.empty(), "{}: --labels is for .npy; name a column by --label", path.string());
  return {csv_part("all", path, files, known)};
}

}  // namespace

std::vector<TablePart> open_table(const TableFiles& files, std::vector<std::string> named) {
  if (!files.label.empty()) {
    named.push_back(files.label);
  }
  std::vector<TablePart> parts = parts_of(files.raw, files.labels, files, {.names = named});
  if (!files.test_raw.empty()) {
    auto test =
        parts_of(files.test_raw, files.test_labels, files,
                 {parts.front().columns, true, parts.front().header, parts.front().decimal_commas});
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
