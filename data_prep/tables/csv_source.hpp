// Rows of a CSV file, and whether its first record names the columns.
#pragma once

#include "data_prep/readers/csv.hpp"
#include "data_prep/tables/csv_form.hpp"
#include "data_prep/tables/row_source.hpp"

namespace cance::prep {

class CsvSource final : public RowSource {
 public:
  /// "-" is standard input. The first record is names where `form` says so, or else by what is
  /// `known` of the columns: the same rule for `cance prep` and `cance score`. Errors: no record, a
  /// first record that may be either.
  CsvSource(const std::filesystem::path& path, const CsvForm& form, const KnownColumns& known);

  bool next() override;
  [[nodiscard]] std::span<const RawCell> cells() const override;
  [[nodiscard]] std::string where() const override { return reader_.where(); }
  /// Names of the columns; none where the first record is a row. A name that is empty is
  /// "Unnamed: PLACE", as pandas has it, with ".1" behind where another has that name.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] const CsvReader& reader() const { return reader_; }

 private:
  void take_fields();
  [[nodiscard]] bool first_is_row(const CsvForm& form, const KnownColumns& known) const;

  CsvReader reader_;
  std::vector<RawCell> cells_;
  bool whole_ = true;  // whether the record has as many fields as the first
  std::vector<std::string> names_;
  bool first_is_row_ = false;  // and is still to be handed out
};

/// Whether it is the name of a column without one, as that of the row numbers pandas writes.
[[nodiscard]] bool is_unnamed(const std::string& name);

}  // namespace cance::prep
