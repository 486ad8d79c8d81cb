// From the cells of a row to its numbers: a column as it is, one-hot, as codes, or left out.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data_prep/tables/raw_cell.hpp"

namespace cance::prep {

/// Distinct texts, in alphabetical order.
using Texts = std::set<std::string, std::less<>>;
/// Adds a copy of `text` unless it is there.
void add_text(Texts& texts, std::string_view text);

enum class ColumnUse { number, one_hot, coded, left_out };

/// One column of a raw table and what becomes of it.
struct RawColumn {
  std::string name;
  ColumnUse use = ColumnUse::number;
  Texts categories = {};                ///< of a one-hot column
  std::optional<double> fill = {};      ///< in the place of a missing number
  double offset = 0;                    ///< taken from a number in 64 bits, before 32 keep it
  std::vector<std::string> codes = {};  ///< texts of a coded column, 0, 1, ... in its numbers
};

class RowEncoder {
 public:
  explicit RowEncoder(std::vector<RawColumn> columns);
  /// Names of the numbers that come out: "duration", "service=http", ...
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Those of them that stand for a category.
  [[nodiscard]] const std::vector<std::string>& one_hot_names() const { return one_hot_names_; }
  /// What is taken from each of the numbers that come out.
  [[nodiscard]] const std::vector<double>& offsets() const { return offsets_; }
  /// Appends the numbers of a row to `out`; one cell a raw column. A missing text that is no
  /// category has no 1. Errors, with column and `where`: not a number, a text that is no category.
  template <class Where>
  void append(std::span<const RawCell> cells, const Where& where, std::vector<float>& out) const {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!append_cell(i, cells[i], out)) {
        refuse(i, cells[i], where());
      }
    }
  }

 private:
  bool append_cell(std::size_t column, const RawCell& cell, std::vector<float>& out) const;
  [[noreturn]] void refuse(std::size_t column, const RawCell& cell, const std::string& where) const;

  std::vector<RawColumn> columns_;
  std::vector<std::map<std::string, std::size_t, std::less<>>> places_;  // by column, of categories
  std::vector<std::string> names_, one_hot_names_;
  std::vector<double> offsets_;
};

}  // namespace cance::prep
