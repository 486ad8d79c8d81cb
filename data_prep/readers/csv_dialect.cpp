#include "data_prep/readers/csv_dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kMostRecords = 1000;

using Record = std::vector<std::string>;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
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
    } else if (!quoted && (c == separator || (blanks && is_blank(c)))) {
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

/// Whether all of the fields that are not empty are numbers.
bool are_numbers(const std::vector<Record>& records) {
  return std::ranges::all_of(records, [](const Record& record) {
    return std::ranges::all_of(
        record, [](const std::string& field) { return field.empty() || is_number(field); });
  });
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

/// Whether it is a number less than a million whose `mark` may part its thousands.
bool may_be_thousands(std::string_view number, char mark) {
  number.remove_prefix(number.starts_with('-') || number.starts_with('+') ? 1 : 0);
  const auto place = number.find(mark);
  return place >= 1 && place <= 3 && number.front() != '0' && number.size() == place + 4 &&
         std::ranges::count_if(number, is_digit) == static_cast<long>(place) + 3;
}

char separator_of(std::string_view text, bool whole, char expected) {
  const auto records = records_of(text, whole, expected);
  const bool even = is_even(records);
  const bool numbers = even && are_numbers(records);
  std::optional<char> below;  // parts the first line, or evenly what stands below it
  for (const char other : {';', '\t', '|', ','}) {
    if (other == expected) {
      continue;
    }
    const auto found = records_of(text, whole, other);
    if (is_even(found) && (!even || (!numbers && are_numbers(found)))) {
      return other;
    }
    const bool stands = !found.empty() && found.front().size() > 1 && !found.front()[1].empty();
    below = !below && (stands || is_even(found, 1)) ? std::optional(other) : below;
  }
  const auto words = records_of(text, whole, ' ');
  if (is_even(words) &&
      (even ? !numbers && are_numbers(words) : mostly_numbers(words[words.size() > 1 ? 1 : 0]))) {
    return ' ';
  }
  return records.empty() || records.front().size() > 1 ? expected : below.value_or(expected);
}

}  // namespace

std::string CsvDialect::words() const {
  return join(
      std::vector<std::string>{separator == '\t'  ? "tabs between columns"
                               : separator == ' ' ? "blanks between columns"
                               : separator == ',' ? "commas between columns"
                                                  : fmt::format("'{}' between columns", separator),
                               decimal_comma ? "decimal commas" : "decimal points"},
      ", ");
}

CsvDialect dialect_of(std::string_view beginning, bool whole, std::optional<char> said,
                      char expected) {
  CsvDialect dialect{said ? *said : separator_of(beginning, whole, expected)};
  std::size_t with_points = 0;
  std::size_t with_commas = 0;  // that mark no thousands
  for (const Record& record : records_of(beginning, whole, dialect.separator)) {
    for (const std::string& field : record) {
      const bool comma = field.find(',') != std::string::npos;
      const bool point = field.find('.') != std::string::npos;
      if (comma != point && is_number(field)) {
        with_points += point ? 1 : 0;
        with_commas += comma && !may_be_thousands(field, ',') ? 1 : 0;
      } else if (comma && dialect.thousands.empty()) {
        dialect.thousands = thousands_mark(field);
      }
    }
  }
  dialect.decimal_comma = with_commas > 0 && with_points == 0;
  return dialect;
}

}  // namespace cance::prep
