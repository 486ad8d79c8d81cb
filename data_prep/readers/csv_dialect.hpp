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

  /// "';' between columns, decimal commas".
  [[nodiscard]] std::string words() const;
};

/// Of a table that begins so; `whole` where nothing follows. The separator is the one that is
/// `said`, or the `expected` one where it parts the lines evenly and no other one that does makes
/// more numbers of them; else semicolons, tabs, bars, commas or, where most of the first row are
/// numbers, blanks. Commas within fields are decimal where no number has a point but those that may
/// mark thousands (1.234), and one of the commas cannot (1,5) or they are `commas_expected`.
[[nodiscard]] CsvDialect dialect_of(std::string_view beginning, bool whole,
                                    std::optional<char> said, char expected,
                                    bool commas_expected = false);

/// Whether it is a number less than a million whose `mark`, a point or a comma, may part its
/// thousands.
[[nodiscard]] bool may_be_thousands(std::string_view number, char mark);

}  // namespace cance::prep
