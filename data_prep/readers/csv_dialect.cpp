#include "data_prep/readers/csv_dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kMostRecords = 1000;

using Record = std::vector<std::string>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The records of a text without its empty lines; what stands in quotes is no separator.
std::vector<Record> records_of(std::string_view text, bool whole, char separator) {
  std::vector<Record> records;
  Record record;
  std::string field;
  bool quoted = false;
  const bool blanks = separator == ' ';
  const auto end_field = [&] {
    if (!blanks || !field.empty()) {  // of many blanks one counts
      record.push_back(trim(field));
    }
    field.clear();
  };
  const auto end_record = [&] {
    end_field();
    if (!record.empty() && (record.size() > 1 || !record.front().empty())) {
      records.push_back(std::move(record));
    }
    record.clear();
  };
  for (const char c : text) {
    if (records.size() == kMostRecords) {
      return records;
    }
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '\n' || c == '\r')) {
      end_record();
    } else if (!quoted && (c == separator || (blanks && c == '\t'))) {
      end_field();
    } else {
      field.push_back(c);
    }
  }
  if (whole || records.empty()) {
    end_record();
  }
  return records;
}

/// Whether from this record on all have as many fields, and more than one.
bool is_even(const std::vector<Record>& records, std::size_t from = 0) {
  return from < records.size() && records[from].size() > 1 &&
         std::all_of(records.begin() + static_cast<long>(from), records.end(),
                     [&](const Record& record) { return record.size() == records[from].size(); });
}

/// With a decimal point or comma.
bool is_number(std::string field) {
  std::ranges::replace(field, ',', '.');
  return parse_number<double>(field.starts_with('+') ? field.substr(1) : field).has_value();
}

bool mostly_numbers(const Record& words) {
  return 2 * std::ranges::count_if(words, is_number) > static_cast<long>(words.size());
}

/// What marks thousands in a number with a decimal comma: "." of 1.234,5; empty: nothing.
std::string thousands_mark(const std::string& number) {
  const auto comma = std::min(number.find(','), number.size());
  for (const std::string mark : {".", " ", "\xC2\xA0", "\xE2\x80\xAF"}) {
    std::string whole = number.substr(0, comma);
    const bool there = whole.find(mark) != std::string::npos;
    for (auto place = whole.find(mark); place != std::string::npos; place = whole.find(mark)) {
      whole.erase(place, mark.size());
    }
    if (there && is_number(whole + number.substr(comma))) {
      return mark;
    }
  }
  return "";
}

/// What one separator makes of a text.
struct Reading {
  char separator;
  std::vector<Record> records;
  bool even = false;
  std::size_t numbers = 0;        // fields below the first line, which may be names
  bool commas_in_numbers = true;  // all commas within these fields
  bool commas = false;            // some are there

  Reading(std::string_view text, bool whole, char by)
      : separator(by), records(records_of(text, whole, by)), even(is_even(records)) {
    for (std::size_t i = records.size() > 1 ? 1 : 0; i < records.size(); ++i) {
      for (const std::string& field : records[i]) {
        const bool number = is_number(field);
        const bool comma = field.find(',') != std::string::npos;
        numbers += number ? 1 : 0;
        commas = commas || comma;
        commas_in_numbers = commas_in_numbers && (number || !comma);
      }
    }
  }
  /// Whether it makes more of a text than the one that its file's name lets expect, even though
  /// this one parts the lines evenly too: the commas of 1,5;2,5 are no separators.
  [[nodiscard]] bool beats(const Reading& expected) const {
    return numbers > expected.numbers || (numbers == expected.numbers &&
                                          expected.separator == ',' && commas && commas_in_numbers);
  }
};

char separator_of(std::string_view text, bool whole, char expected) {
  const Reading usual(text, whole, expected);
  std::optional<char> in_names, below;  // stands in the first line; parts what is below it
  for (const char other : {';', '\t', '|', ','}) {
    if (other == expected) {
      continue;
    }
    const Reading found(text, whole, other);
    if (found.even && (!usual.even || found.beats(usual))) {
      return other;
    }
    const bool numbers_below = is_even(found.records, 1) && mostly_numbers(found.records.back());
    below = !below && numbers_below ? std::optional(other) : below;
    const bool stands = !found.records.empty() && found.records.front().size() > 1 &&
                        !found.records.front()[1].empty();
    in_names = !in_names && stands ? std::optional(other) : in_names;
  }
  const Reading words(text, whole, ' ');
  if (words.even &&
      (usual.even ? words.commas_in_numbers && words.beats(usual)
                  : mostly_numbers(words.records[words.records.size() > 1 ? 1 : 0]))) {
    return ' ';
  }
  if (usual.even || (is_even(usual.records, 1) && mostly_numbers(usual.records.back()))) {
    return expected;
  }
  if (below) {
    return *below;
  }
  const bool stands = usual.records.empty() || usual.records.front().size() > 1;
  return stands ? expected : in_names.value_or(expected);
}

}  // namespace

std::string CsvDialect::words() const {
  const std::string mark = separator == '\t'  ? "tabs"
                           : separator == ' ' ? "blanks"
                           : separator == ',' ? "commas"
                                              : fmt::format("'{}'", separator);
  return fmt::format("{} between columns, decimal {}", mark, decimal_comma ? "commas" : "points");
}

bool may_be_thousands(std::string_view number, char mark) {
  number.remove_prefix(number.starts_with('-') || number.starts_with('+') ? 1 : 0);
  const auto place = number.find(mark);
  return place >= 1 && place <= 3 && number.front() != '0' && number.size() == place + 4 &&
         std::ranges::count_if(number, is_digit) == static_cast<long>(place) + 3;
}

CsvDialect dialect_of(std::string_view beginning, bool whole, std::optional<char> said,
                      char expected, bool commas_expected) {
  CsvDialect dialect{said ? *said : separator_of(beginning, whole, expected)};
  std::size_t points = 0;       // that mark no thousands
  std::size_t commas = 0;       // the same
  bool unclear_points = false;  // that may
  for (const Record& record : records_of(beginning, whole, dialect.separator)) {
    for (const std::string& field : record) {
      const bool comma = field.find(',') != std::string::npos;
      const bool point = field.find('.') != std::string::npos;
      if (comma != point && is_number(field)) {
        const bool unclear = may_be_thousands(field, comma ? ',' : '.');
        points += point && !unclear ? 1 : 0;
        commas += comma && !unclear ? 1 : 0;
        unclear_points = unclear_points || (point && unclear);
      } else if (comma && dialect.thousands.empty()) {
        dialect.thousands = thousands_mark(field);
      }
    }
  }
  dialect.decimal_comma = points == 0 && (commas > 0 || commas_expected);
  if (dialect.decimal_comma && unclear_points && dialect.thousands.empty()) {
    dialect.thousands = ".";
  }
  return dialect;
}

}  // namespace cance::prep
