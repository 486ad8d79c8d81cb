// Rows of a raw table for a trained model.
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "data_prep/column_matching.hpp"
#include "data_prep/csv.hpp"
#include "data_prep/input_rows.hpp"
#include "data_prep/named_arrays.hpp"
#include "data_prep/preparation.hpp"
#include "data_prep/table_source.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

/// A table read once, with the names of its columns where it has some.
class NamedSource : public RowSource {
 public:
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::size_t columns() const { return cells_.size(); }
  [[nodiscard]] std::span<const Cell> cells() const override { return cells_; }

 protected:
  std::vector<std::string> names_;
  std::vector<Cell> cells_;
};

class CsvInput final : public NamedSource {
 public:
  /// Takes the first line as names unless it holds numbers only or, where tables of this kind have
  /// no header, none of the `known` names.
  CsvInput(const fs::path& path, const std::vector<std::string>& known, bool header)
      : reader_(path) {
    require(reader_.next(), "{}: empty, expected the rows of a table", reader_.name());
    cells_.resize(reader_.fields().size());
    std::ranges::transform(reader_.fields(), cells_.begin(), cell_of);
    const bool numbers =
        std::ranges::all_of(cells_, [](const Cell& cell) { return cell.number.has_value(); });
    const bool named = std::ranges::any_of(cells_, [&](const Cell& cell) {
      return std::ranges::find(known, cell.text) != known.end();
    });
    first_is_row_ = numbers || (!header && !named);
    if (!first_is_row_) {
      reader_.require_commas();
      std::ranges::transform(cells_, std::back_inserter(names_),
                             [](const Cell& cell) { return std::string(cell.text); });
    }
  }
  bool next() override {
    if (!first_is_row_ && !reader_.next(cells_.size())) {
      return false;
    }
    first_is_row_ = false;
    std::ranges::transform(reader_.fields(), cells_.begin(), cell_of);
    return true;
  }
  [[nodiscard]] std::string where() const override { return reader_.where(); }

 private:
  CsvReader reader_;
  bool first_is_row_ = false;
};

/// Rows of an array, whose columns are called x0, x1, ...
class ArrayInput final : public NamedSource {
 public:
  /// Cells have texts where `texts`; those that are no finite numbers always have.
  ArrayInput(NamedArray array, bool texts) : array_(std::move(array)), texts_(texts) {
    const NumberArray& numbers = array_.numbers;
    require(numbers.shape.size() == 2 && numbers.shape[0] > 0 && numbers.shape[1] > 0,
            "{}: {}, expected rows x columns", array_.where, numbers.shape_text());
    cells_.resize(numbers.shape[1]);
    words_.resize(numbers.shape[1]);
    for (std::size_t i = 0; i < numbers.shape[1]; ++i) {
      names_.push_back(fmt::format("x{}", i));
    }
  }
  bool next() override {
    if (next_ == array_.numbers.shape[0]) {
      return false;
    }
    std::visit(
        [&](const auto& values) {
          for (std::size_t i = 0; i < cells_.size(); ++i) {
            set(i, static_cast<double>(values[next_ * cells_.size() + i]));
          }
        },
        array_.numbers.values);
    ++next_;
    return true;
  }
  [[nodiscard]] std::string where() const override {
    return fmt::format("{}: row {}", array_.where, next_ - 1);
  }

 private:
  void set(std::size_t column, double value) {
    Cell& cell = cells_[column];
    const bool finite = std::isfinite(value);
    if (texts_ || !finite) {
      words_[column] = fmt::format("{}", value);  // as prep does
      cell.text = words_[column];
    }
    cell.missing = std::isnan(value);
    cell.number = finite ? std::optional(value) : std::nullopt;
  }

  NamedArray array_;
  bool texts_;
  std::vector<std::string> words_;
  std::size_t next_ = 0;
};

/// What rows of this kind are made of: as the file says, or numbers under the columns' names.
Preparation preparation_of(const store::InputRecord& form) {
  Preparation preparation = parse_preparation(form.preparation, "the run file");
  if (preparation.columns.empty()) {
    preparation.pictures = false;
    for (std::size_t i = 0; i < form.row.front(); ++i) {
      preparation.columns.push_back(
          {form.columns.empty() ? fmt::format("x{}", i) : form.columns[i]});
    }
  }
  return preparation;
}

std::vector<std::string> names_of(const Preparation& preparation) {
  std::vector<std::string> names;
  for (const RawColumn& column : preparation.columns) {
    names.push_back(column.name);
  }
  return names;
}

class TableRows final : public InputRows {
 public:
  TableRows(std::unique_ptr<NamedSource> source, const Preparation& preparation,
            const ColumnPlaces& matching)
      : source_(std::move(source)),
        encoder_(preparation.columns),
        places_(matching.columns),
        id_place_(matching.id),
        cells_(preparation.columns.size()) {}

  [[nodiscard]] std::vector<float> next(std::size_t most) override {
    std::vector<float> values;
    values.reserve(most * encoder_.names().size());
    for (std::size_t row = 0; row < most && source_->next(); ++row) {
      const auto found = source_->cells();
      for (std::size_t i = 0; i < cells_.size(); ++i) {
        cells_[i] = places_[i] == kNowhere ? Cell{} : found[places_[i]];
      }
      encoder_.append(
          cells_, [this] { return source_->where(); }, values);
      if (id_place_ != kNowhere) {
        names_.emplace_back(found[id_place_].text);
      }
    }
    return values;
  }

 private:
  std::unique_ptr<NamedSource> source_;
  RowEncoder encoder_;
  std::vector<std::size_t> places_;
  std::size_t id_place_;
  std::vector<Cell> cells_;
};

bool is_csv(const std::string& path) {
  return path == "-" ||
         std::ranges::any_of(std::array{".csv", ".csv.gz", ".txt", ".txt.gz", ".data", ".data.gz"},
                             [&](const char* end) { return path.ends_with(end); });
}

}  // namespace

std::unique_ptr<InputRows> open_table_rows(const InputRequest& request,
                                           const store::InputRecord& form) {
  const std::string where = request.path == "-" ? "standard input" : request.path.string();
  const Preparation preparation = preparation_of(form);
  std::unique_ptr<NamedSource> source;
  if (is_csv(request.path.string())) {
    source = std::make_unique<CsvInput>(request.path, names_of(preparation), preparation.header);
  } else {
    require(request.id.empty(), "--id names a column of a CSV, {} holds arrays", where);
    const bool texts = std::ranges::any_of(preparation.columns, [](const RawColumn& column) {
      return column.use == ColumnUse::one_hot || column.use == ColumnUse::coded;
    });
    source = std::make_unique<ArrayInput>(read_named_array(request.path, request.part), texts);
  }
  const ColumnPlaces matching =
      match_columns(where, source->names(), source->columns(), preparation, request.id);
  return std::make_unique<TableRows>(std::move(source), preparation, matching);
}

}  // namespace cance::prep
