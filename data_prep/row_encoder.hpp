// From the text fields of a row to its numbers: a column as it is, one-hot, or left out.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cance::prep {

/// A field as a finite number. Error: it is none; names place and column.
[[nodiscard]] double number_of(std::string_view field, const std::string& where,
                               const std::string& column);

/// Distinct texts, in alphabetical order.
using Texts = std::set<std::string, std::less<>>;
/// Adds a copy of `text` unless it is there.
void add_text(Texts& texts, std::string_view text);

enum class ColumnUse { number, one_hot, left_out };

/// One column of a raw table.
struct RawColumn {
  std::string name;
  ColumnUse use = ColumnUse::number;
  Texts categories = {};  ///< of a one-hot column
};

class RowEncoder {
 public:
  explicit RowEncoder(std::vector<RawColumn> columns);
  /// Names of the numbers that come out: "duration", "service=http", ...
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// Appends the numbers of a row to `out`; one field a raw column. Errors: not a number, a text
  /// that is no category; they name `where` and the column.
  void append(std::span<const std::string_view> fields, const std::string& where,
              std::vector<float>& out) const;

 private:
  std::vector<RawColumn> columns_;
  std::vector<std::map<std::string, std::size_t, std::less<>>> places_;  // by column, of categories
  std::vector<std::string> names_;
};

}  // namespace cance::prep
