#include "data_prep/readers/csv.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/readers/foreign_file.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 22U;  // two lines of a wide table
constexpr std::size_t kSurelyWhole = kBufferBytes / 16;      // less is read at the end only
constexpr std::size_t kMostRecordBytes = std::size_t{1} << 26U;
constexpr int kEnd = -1;

}  // namespace

std::optional<char> separator_of(const std::filesystem::path& path) {
  std::string name = lower(path.filename().string());
  if (name.ends_with(".gz")) {
    name.resize(name.size() - 3);
  }
  const auto ends = [&name](const char* end) { return name.ends_with(end); };
  return ends(".tsv") || ends(".tab") ? std::optional('\t')
         : path == "-" || ends(".csv") || ends(".txt") || ends(".data") || ends(".dat")
             ? std::optional(',')
             : std::nullopt;
}

CsvReader::CsvReader(const std::filesystem::path& path, const std::string& encoding,
                     bool decimal_commas)
    : name_(path == "-" ? "standard input" : path.string()),
      expected_(separator_of(path).value_or(',')),
      encoding_(encoding),
      file_(path == "-" ? "/dev/stdin" : path),
      buffer_(kBufferBytes) {
  if (!encoding.empty()) {
    decoder_.emplace(encoding);
  }
  static_cast<void>(peek());
  const std::string_view text = ahead();
  const std::string_view mark = "\xEF\xBB\xBF";  // that some programs put in front of UTF-8
  place_ = text.starts_with(mark) ? mark.size() : 0;
  const std::string foreign = foreign_advice(text);
  require(foreign.empty(), "{}: {}", name_, foreign);
  require(!text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF"),
          "{}: UTF-16, expected UTF-8; read it by --encoding UTF-16", name_);
  const auto said = take_separator_line();
  says_separator_ = said.has_value();
  dialect_ = dialect_of(ahead(), end_ < kSurelyWhole, said, expected_, decimal_commas);
}

std::optional<char> CsvReader::take_separator_line() {
  constexpr std::string_view kWord = "sep=";
  const std::string_view text = ahead();
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  if (lower(line.substr(0, kWord.size())) != kWord || line.size() != kWord.size() + 1) {
    return std::nullopt;
  }
  const char separator = line.back();
  place_ += line.size();
  end_line(get());
  return separator;
}

std::string CsvReader::where() const { return fmt::format("{}: line {}", name_, record_line_); }

std::string_view CsvReader::ahead() const {
  return {reinterpret_cast<const char*>(buffer_.data()) + place_, end_ - place_};
}

int CsvReader::peek() {
  if (place_ == end_) {
    before_ += end_;
    place_ = 0;
    const auto read = [this](std::span<std::uint8_t> out) { return file_.read(out); };
    end_ = decoder_ ? decoder_->read(read, buffer_, name_) : file_.read(buffer_);
  }
  return place_ < end_ ? buffer_[place_] : kEnd;
}

int CsvReader::get() {
  const int byte = peek();
  place_ += byte == kEnd ? 0 : 1;
  return byte;
}

bool CsvReader::is_separator(int byte) const {
  return byte == dialect_.separator || (dialect_.separator == ' ' && byte == '\t');
}

bool CsvReader::ends_field(int byte) const {
  return is_separator(byte) || byte == '\n' || byte == '\r' || byte == kEnd;
}

void CsvReader::skip_blanks() {
  while (dialect_.separator == ' ' && is_separator(peek())) {
    static_cast<void>(get());
  }
}

bool CsvReader::goes_on() {
  if (dialect_.separator == ' ') {
    skip_blanks();
    return !ends_field(peek());
  }
  if (peek() != dialect_.separator) {
    return false;
  }
  static_cast<void>(get());
  return true;
}

void CsvReader::check_utf8(unsigned byte) {
  begun_at_ = begun_.empty() ? before_ + place_ - 1 : begun_at_;  // `byte` was taken just now
  begun_.push_back(static_cast<char>(byte));
  const auto lead = static_cast<unsigned char>(begun_.front());
  const std::size_t size = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : lead >= 0xC2U ? 2 : 1;
  const bool follows = begun_.size() == 1 || (byte & 0xC0U) == 0x80U;
  if (!follows || (begun_.size() >= size && !is_utf8_line(begun_))) {
    fail(
        "{}: line {}: byte 0x{:02X} at place {} (from 0) is no UTF-8; say what the file is in by "
        "--encoding, most likely --encoding cp1252 (Windows, also Latin-1)",
        name_, line_, lead, begun_at_);
  }
  if (begun_.size() >= size) {
    begun_.clear();
  }
}

void CsvReader::keep(int byte) {
  require(byte != 0,
          "{}: line {}: a NUL byte; this is no text file, or one in UTF-16: --encoding UTF-16LE",
          name_, line_);
  if (text_.size() == kMostRecordBytes) {  // `where` for every byte would take most of the time
    fail("{}: a record of over {} MiB; is a quote missing, or is this no CSV file?", where(),
         kMostRecordBytes >> 20U);
  }
  if (byte >= 0x80 || !begun_.empty()) {
    check_utf8(static_cast<unsigned>(byte));
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
  require(
      ends_field(peek()),
      "{}: line {}: text behind the closing quote of a field, expected a separator or the end of "
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
  if (!begun_.empty()) {  // a character that does not end
    check_utf8(0);
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
  skip_blanks();
  while (peek() == '\n' || peek() == '\r') {
    end_line(get());
    skip_blanks();
  }
  if (peek() == kEnd) {
    return false;
  }
  record_line_ = line_;
  text_.clear();
  ends_.clear();
  do {
    read_field();
  } while (goes_on());
  end_line(get());
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

std::string CsvReader::surprise() const {
  return dialect_.separator == expected_ && !dialect_.decimal_comma ? "" : dialect_.words();
}

std::string CsvReader::python() const {
  const std::string_view text = ahead();
  std::string options;
  const auto add = [&options](const char* name, const std::string& value) {
    options += fmt::format(", {}='{}'", name, value);
  };
  if (says_separator_) {
    options += ", skiprows=1";
  }
  if (dialect_.separator == ' ') {
    options += ", sep=r'\\s+'";
  } else if (dialect_.separator != ',') {
    add("sep", dialect_.separator == '\t' ? "\\t" : std::string(1, dialect_.separator));
  }
  if (dialect_.decimal_comma || !dialect_.thousands.empty()) {
    add("decimal", ",");
  }
  if (!dialect_.thousands.empty()) {
    const bool ascii = dialect_.thousands.size() == 1;
    add("thousands", ascii                              ? dialect_.thousands
                     : dialect_.thousands == "\xC2\xA0" ? "\\xa0"
                                                        : "\\u202f");
    if (!ascii) {
      add("engine", "python");  // the other one takes ASCII alone
    }
  }
  const bool nameless = !fields_.empty() && std::ranges::all_of(fields_, [](std::string_view f) {
    return parse_number<double>(f).has_value();
  });
  if (nameless) {
    options += ", header=None";
  }
  if (!encoding_.empty()) {
    add("encoding", encoding_);
  } else if (!std::ranges::all_of(split(text.substr(0, text.rfind('\n')), '\n'),
                                  [](const auto& line) { return is_utf8_line(trim(line)); })) {
    add("encoding", "cp1252");
  }
  return fmt::format("pandas.read_csv('OLD'{}){}", options, nameless ? ".add_prefix('x')" : "");
}

}  // namespace cance::prep
