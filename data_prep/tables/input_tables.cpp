// Rows of a raw table for a trained model.
#include <algorithm>

#include "base/log.hpp"
#include "data_prep/input_rows.hpp"
#include "data_prep/tables/array_source.hpp"
#include "data_prep/tables/column_matching.hpp"
#include "data_prep/tables/csv_source.hpp"
#include "data_prep/tables/preparation.hpp"

namespace cance::prep {
namespace {

/// What rows of this kind are made of: as the file says, or numbers under the columns' names.
Preparation preparation_of(const store::InputRecord& form) {
  Preparation preparation = parse_preparation(form.preparation, "the run file");
  if (preparation.columns.empty()) {
    preparation.pictures = false;
    for (const std::string& name :
         form.columns.empty() ? numbered_columns(form.row.front()) : form.columns) {
      preparation.columns.push_back({name});
    }
  }
  return preparation;
}

KnownColumns known_columns(const Preparation& preparation) {
  KnownColumns known{{}, /*trained=*/true, preparation.header, preparation.decimal_commas};
  for (const RawColumn& column : preparation.columns) {
    if (column.use != ColumnUse::left_out) {
      known.names.push_back(column.name);
    }
  }
  return known;
}

class TableRows final : public InputRows {
 public:
  TableRows(std::unique_ptr<RowSource> source, const Preparation& preparation,
            const ColumnPlaces& matching)
      : source_(std::move(source)),
        encoder_(preparation.columns),
        places_(matching.columns),
        id_place_(matching.id),
        label_place_(matching.label),
        cells_(preparation.columns.size()) {}

  [[nodiscard]] std::vector<float> next(std::size_t most) override {
    std::vector<float> values;
    values.reserve(most * encoder_.names().size());
    for (std::size_t row = 0; row < most && source_->next(); ++row) {
      std::string name;
      std::string label;
      add_row(rows_++, values, encoder_.names().size(), [&] {
        const auto found = source_->cells();
        name = id_place_ == kNowhere ? "" : found[id_place_].text;
        label = label_place_ == kNowhere ? "" : found[label_place_].text;
        for (std::size_t i = 0; i < cells_.size(); ++i) {
          cells_[i] = places_[i] == kNowhere ? RawCell{} : found[places_[i]];
        }
        encoder_.append(
            cells_, [this] { return source_->where(); }, values);
      });
      if (id_place_ != kNowhere) {
        names_.push_back(std::move(name));
      }
      if (label_place_ != kNowhere) {
        labels_.push_back(std::move(label));
      }
    }
    return values;
  }

 private:
  std::unique_ptr<RowSource> source_;
  RowEncoder encoder_;
  std::vector<std::size_t> places_;
  std::size_t id_place_, label_place_;
  std::vector<RawCell> cells_;
  std::size_t rows_ = 0;  // so far
};

/// Whether some column is known by its texts.
bool reads_texts(const Preparation& preparation) {
  return std::ranges::any_of(preparation.columns, [](const RawColumn& column) {
    return column.use == ColumnUse::one_hot || column.use == ColumnUse::coded;
  });
}

}  // namespace

std::unique_ptr<InputRows> open_table_rows(const InputRequest& request,
                                           const store::InputRecord& form) {
  const std::string where = request.path == "-" ? "standard input" : request.path.string();
  const Preparation preparation = preparation_of(form);
  std::unique_ptr<RowSource> source;
  std::vector<std::string> names;
  if (separator_of(request.path)) {
    auto csv = std::make_unique<CsvSource>(request.path, request.csv, known_columns(preparation));
    names = csv->names();
    if (const auto surprise = csv->reader().surprise(); !surprise.empty()) {
      log::info("{}: written with {}", where, surprise);
    }
    source = std::move(csv);
  } else {
    require(request.id.empty() && request.label.empty(),
            "--id and --label name columns of a CSV, {} holds arrays", where);
    require(request.csv.encoding.empty() && request.csv.header == Header::ask,
            "--encoding and --header are for CSV files, {} holds arrays", where);
    const auto array = std::make_shared<LabelledArray>(
        LabelledArray{read_named_array(request.path, request.part)});
    static_cast<void>(column_names(array->rows));  // rows x columns, which go by place
    source = std::make_unique<ArraySource>(array, reads_texts(preparation));
  }
  const ColumnPlaces matching = match_columns(where, names, source->cells().size(), preparation,
                                              {.id = request.id, .label = request.label});
  return std::make_unique<TableRows>(std::move(source), preparation, matching);
}

}  // namespace cance::prep
