// Reader of comma-separated values (RFC 4180; or another separator, which it finds), plain or
// gzipped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data_prep/readers/byte_source.hpp"
#include "data_prep/readers/csv_dialect.hpp"
#include "data_prep/readers/text_decoder.hpp"

namespace cance::prep {

/// The separator that the name of such a file lets expect, with small or capital letters: comma of
/// .csv, .txt, .dat and .data, tab of .tsv and .tab, all also with .gz; nothing of another name.
[[nodiscard]] std::optional<char> separator_of(const std::filesystem::path& path);

class CsvReader {
 public:
  /// "-" is standard input. `encoding`: as of TextDecoder; empty is UTF-8.
  /// `decimal_commas`: what numbers have where the file leaves that open. Errors: cannot be
  /// opened, the mark of UTF-16 without `encoding`.
  explicit CsvReader(const std::filesystem::path& path, const std::string& encoding = "",
                     bool decimal_commas = false);

  /// Goes on to the next record that is not an empty line; false at the end. Errors, with the line:
  /// a quote inside or behind a field, no end of a quoted field, a NUL byte, a record over 64 MiB,
  /// bytes that are no UTF-8 (with their place).
  bool next();
  /// The record's fields, unquoted; they live until the next call of `next`.
  [[nodiscard]] std::span<const std::string_view> fields() const { return fields_; }
  /// Line on which the record begins, from 1.
  [[nodiscard]] std::uint64_t line() const { return record_line_; }
  /// The file, for messages.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// "file.csv: line 3", for messages.
  [[nodiscard]] std::string where() const;
  /// The next record, which must be there and have `count` fields. Error: other counts.
  bool next(std::size_t count);
  [[nodiscard]] const CsvDialect& dialect() const { return dialect_; }
  /// What of it the file's name does not let expect, as CsvDialect::words; empty: nothing.
  [[nodiscard]] std::string surprise() const;
  /// The Python that reads this file, by what lies in memory: "pandas.read_csv('OLD', ...)".
  [[nodiscard]] std::string python() const;

 private:
  int get();   // the next byte, or -1
  int peek();  // without taking it
  [[nodiscard]] bool is_separator(int byte) const;
  [[nodiscard]] bool ends_field(int byte) const;
  [[nodiscard]] bool goes_on();  // whether the record has a further field, where one ends
  void skip_blanks();            // where blanks are the separator
  void check_utf8(unsigned byte);
  [[nodiscard]] std::string_view ahead() const;
  void read_field();
  void read_quoted();
  void end_line(int byte);
  void keep(int byte);
  /// Passes over Excel's first line "sep=;", which names the separator, and gives that.
  [[nodiscard]] std::optional<char> take_separator_line();

  std::string name_;
  char expected_;  // separator
  CsvDialect dialect_;
  bool says_separator_ = false;  // in its first line
  std::string encoding_;
  GzipFile file_;
  std::optional<TextDecoder> decoder_;
  Bytes buffer_;
  std::size_t place_ = 0, end_ = 0;
  std::uint64_t before_ = 0;  // bytes before the buffer
  std::uint64_t line_ = 1, record_line_ = 0;
  std::string begun_;              // of a character of several bytes
  std::uint64_t begun_at_ = 0;     // where it begins
  std::string text_;               // of all fields of the record
  std::vector<std::size_t> ends_;  // of each field in text_
  std::vector<std::string_view> fields_;
};

}  // namespace cance::prep
