#include "data_prep/readers/csv.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 18U;
constexpr std::size_t kMostRecordBytes = std::size_t{1} << 26U;
constexpr int kEnd = -1;

bool ends_field(int byte) { return byte == ',' || byte == '\n' || byte == '\r' || byte == kEnd; }

}  // namespace

CsvReader::CsvReader(const std::filesystem::path& path)
    : name_(path == "-" ? "standard input" : path.string()),
      file_(path == "-" ? "/dev/stdin" : path),
      buffer_(kBufferBytes) {
  // The mark that some programs put in front of UTF-8.
  const std::string_view mark = "\xEF\xBB\xBF";
  static_cast<void>(peek());
  if (end_ >= mark.size() &&
      std::string_view(reinterpret_cast<const char*>(buffer_.data()), mark.size()) == mark) {
    place_ = mark.size();
  }
}

std::string CsvReader::where() const { return fmt::format("{}: line {}", name_, record_line_); }

int CsvReader::peek() {
  if (place_ == end_) {
    place_ = 0;
    end_ = file_.read(buffer_);
  }
  return place_ < end_ ? buffer_[place_] : kEnd;
}

int CsvReader::get() {
  const int byte = peek();
  place_ += byte == kEnd ? 0 : 1;
  return byte;
}

void CsvReader::keep(int byte) {
  require(byte != 0, "{}: line {}: a NUL byte; this is no text file", name_, line_);
  if (text_.size() == kMostRecordBytes) {  // `where` for every byte would take most of the time
    fail("{}: a record of over {} MiB; is a quote missing, or is this no CSV file?", where(),
         kMostRecordBytes >> 20U);
  }
  line_ += byte == '\n' ? 1 : 0;
  text_.push_back(static_cast<char>(byte));
}

void CsvReader::read_quoted() {
  static_cast<void>(get());
  while (true) {
    const int byte = get();
    if (byte == kEnd) {
      fail("{}: a quoted field does not end", where());
    }
    if (byte != '"') {
      keep(byte);
    } else if (peek() == '"') {
      keep(get());
    } else {
      break;
    }
  }
  if (peek() == ';' || peek() == '\t') {
    refuse_separator(static_cast<char>(peek()));
  }
  require(ends_field(peek()),
          "{}: line {}: text behind the closing quote of a field, expected a comma or the end of "
          "the line",
          name_, line_);
}

void CsvReader::read_field() {
  if (peek() == '"') {
    read_quoted();
  } else {
    while (!ends_field(peek())) {
      require(peek() != '"', "{}: line {}: a quote inside a field that does not begin with one",
              name_, line_);
      keep(get());
    }
  }
  ends_.push_back(text_.size());
}

void CsvReader::end_line(int byte) {
  if (byte == '\r' && peek() == '\n') {
    static_cast<void>(get());
  }
  ++line_;
}

bool CsvReader::next() {
  while (peek() == '\n' || peek() == '\r') {
    end_line(get());
  }
  if (peek() == kEnd) {
    return false;
  }
  record_line_ = line_;
  text_.clear();
  ends_.clear();
  int byte = ',';
  while (byte == ',') {
    read_field();
    byte = get();
  }
  end_line(byte);
  fields_.clear();
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    fields_.push_back(std::string_view(text_).substr(begin, end - begin));
    begin = end;
  }
  return true;
}

bool CsvReader::next(std::size_t count) {
  if (!next()) {
    return false;
  }
  if (fields_.size() != count) {
    fail("{}: {} fields, expected {}", where(), fields_.size(), count);
  }
  return true;
}

void CsvReader::require_commas() const {
  const std::string first = trim(fields_.front());
  const auto place = first.find_first_of(";\t|");
  if (fields_.size() == 1 && place != std::string::npos) {
    refuse_separator(first[place]);
  }
}

void CsvReader::refuse_separator(char separator) const {
  const bool tab = separator == '\t';
  fail(
      "{}: {} between columns, expected commas; write the file anew with them, for example in "
      "Python: pandas.read_csv('OLD', sep='{}').to_csv('NEW', index=False)",
      where(), tab ? "tabs" : fmt::format("'{}'", separator),
      tab ? "\\t" : std::string(1, separator));
}

}  // namespace cance::prep
