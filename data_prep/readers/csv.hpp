// Reader of comma-separated values as RFC 4180 has them, plain or gzipped, record by record.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data_prep/readers/byte_source.hpp"

namespace cance::prep {

class CsvReader {
 public:
  /// "-" is standard input. Error: cannot be opened.
  explicit CsvReader(const std::filesystem::path& path);

  /// Goes on to the next record that is not an empty line; false at the end. Errors, with the line:
  /// a quote inside or behind a field, no end of a quoted field, a NUL byte, a record over 64 MiB.
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
  /// For a header. Error: it is one field with a semicolon, a tab or a bar in it, which then stand
  /// between the columns.
  void require_commas() const;

 private:
  [[noreturn]] void refuse_separator(char separator) const;
  int get();   // the next byte, or -1
  int peek();  // without taking it
  void read_field();
  void read_quoted();
  void end_line(int byte);
  void keep(int byte);

  std::string name_;
  GzipFile file_;
  Bytes buffer_;
  std::size_t place_ = 0, end_ = 0;
  std::uint64_t line_ = 1, record_line_ = 0;
  std::string text_;               // of all fields of the record
  std::vector<std::size_t> ends_;  // of each field in text_
  std::vector<std::string_view> fields_;
};

}  // namespace cance::prep
