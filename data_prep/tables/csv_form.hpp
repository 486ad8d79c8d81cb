// What a user says of a CSV file, and what is known of its columns.
#pragma once

#include <string>
#include <vector>

namespace cance::prep {

enum class Header { ask, yes, no };

/// Error: another word than yes or no; empty is `ask`.
[[nodiscard]] Header header_of(const std::string& word);

struct CsvForm {
  std::string encoding = {};    ///< as iconv names it; empty: UTF-8
  Header header = Header::ask;  ///< whether the first record names the columns
  bool decimal_commas = false;  ///< whether numbers have them where the file leaves that open
};

struct KnownColumns {
  std::vector<std::string> names = {};  ///< of columns that have to be there
  bool trained = false;                 ///< these are the columns that a model was trained on
  bool header = true;                   ///< whether the table that it was trained on had names
  bool decimal_commas = false;          ///< and decimal commas
};

}  // namespace cance::prep
