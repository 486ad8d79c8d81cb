// One field of a row of a raw table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cance::prep {

struct RawCell {
  std::string_view text = {};         ///< as written, trimmed
  std::optional<double> number = {};  ///< when it is a finite one
  bool rounded = false;               ///< a whole number of more digits than `number` keeps
  bool missing = false;               ///< empty, or a word for it: NA, NULL, nan, ?, ...;
                                      ///< also infinite
};

/// The cell that a field of text is, whose numbers have this decimal mark: '.' or ','.
[[nodiscard]] RawCell cell_of(std::string_view field, char decimal = '.');

/// "x0", "x1", ...: the columns of a table without names.
[[nodiscard]] std::vector<std::string> numbered_columns(std::size_t count);
/// Whether the label of a cell is the one that the user wrote so: 9 is 9.0.
[[nodiscard]] bool is_label(const RawCell& cell, const std::string& written);

/// A field as a number. Error: it is none, or beyond 32 bits; names place and column.
[[nodiscard]] float number_of(const RawCell& cell, const std::string& where,
                              const std::string& column);

}  // namespace cance::prep
