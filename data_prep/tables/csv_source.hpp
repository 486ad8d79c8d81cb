// Rows of a CSV file.
#pragma once

#include "data_prep/readers/csv.hpp"
#include "data_prep/tables/row_source.hpp"

namespace cance::prep {

/// Whether the file's name ends as those of CSV files do: .csv, .txt, .data, also with .gz.
[[nodiscard]] bool is_csv(const std::filesystem::path& path);

class CsvSource final : public RowSource {
 public:
  /// Says of the cells of the first record whether they are a row; otherwise they name the columns.
  using IsRow = std::function<bool(std::span<const RawCell>)>;

  /// "-" is standard input. Errors: no record, names with another separator than commas between.
  CsvSource(const std::filesystem::path& path, const IsRow& first_is_row);

  bool next() override;
  [[nodiscard]] std::span<const RawCell> cells() const override { return cells_; }
  [[nodiscard]] std::string where() const override { return reader_.where(); }
  /// Names of the columns; none where the first record is a row.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  void take_fields();

  CsvReader reader_;
  std::vector<RawCell> cells_;
  std::vector<std::string> names_;
  bool first_is_row_ = false;  // and is still to be handed out
};

}  // namespace cance::prep
