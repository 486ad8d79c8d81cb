// How a table of text parts its columns and writes its numbers, found from how it begins.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cance::prep {

struct CsvDialect {
  char separator = ',';        ///< ' ': blanks and tabs, any number of them
  bool decimal_comma = false;  ///< 1,5 is a number, and 1.5 none
  std::string thousands = {};  ///< the mark before a decimal comma somewhere: "." of 1.234,5

  /// What differs from commas and decimal points, in words: "';' between columns, decimal commas".
  [[nodiscard]] std::string words() const;
};

/// Of a table that begins so; `whole` where nothing follows. The separator is the one that is
/// `said`, or the `expected` one where it parts the lines evenly; where it does not, or leaves
/// texts where another one gives numbers throughout: semicolons, tabs, bars, commas or, where
/// most of the first row are numbers, blanks. Commas within fields are decimal
/// where no number has a point and not all of them may mark thousands, as in 1,234.
[[nodiscard]] CsvDialect dialect_of(std::string_view beginning, bool whole,
                                    std::optional<char> said, char expected);

}  // namespace cance::prep
