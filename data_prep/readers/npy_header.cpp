#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/readers/npy.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kMostDimensions = 32;

/// Takes the text apart from left to right.
class Scanner {
 public:
  Scanner(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  /// Takes `mark` (behind blanks) when it comes next.
  bool take(std::string_view mark) {
    skip_blanks();
    const bool there = text_.substr(place_).starts_with(mark);
    place_ += there ? mark.size() : 0;
    return there;
  }
  void expect(std::string_view mark) {
    require(take(mark), "{}: damaged header: expected '{}' at character {} of {}", where_, mark,
            place_, text_.size());
  }
  std::string quoted() {
    const char quote = take("\"") ? '"' : '\'';
    if (quote == '\'') {
      expect("'");
    }
    const auto end = text_.find(quote, place_);
    require(end != std::string_view::npos, "{}: damaged header: a name does not end", where_);
    const std::string word(text_.substr(place_, end - place_));
    place_ = end + 1;
    return word;
  }
  std::size_t number() {
    skip_blanks();
    std::size_t end = place_;
    while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') {
      ++end;
    }
    const auto value = parse_number<std::size_t>(text_.substr(place_, end - place_));
    require(value.has_value(), "{}: damaged header: expected a size at character {}", where_,
            place_);
    place_ = end;
    return *value;
  }
  bool at_end() {
    skip_blanks();
    return place_ == text_.size();
  }

 private:
  void skip_blanks() {
    while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\n')) {
      ++place_;
    }
  }
  std::string_view text_;
  const std::string& where_;
  std::size_t place_ = 0;
};

std::vector<std::size_t> read_shape(Scanner& scanner, const std::string& where) {
  std::vector<std::size_t> shape;
  scanner.expect("(");
  while (!scanner.take(")")) {
    require(shape.size() < kMostDimensions, "{}: over {} dimensions", where, kMostDimensions);
    shape.push_back(scanner.number());
    if (!scanner.take(",")) {
      scanner.expect(")");
      break;
    }
  }
  return shape;
}

std::string read_descr(Scanner& scanner, const std::string& where) {
  require(!scanner.take("["), "{}: records of named fields, expected an array of plain numbers",
          where);
  return scanner.quoted();
}

}  // namespace

NpyHeader parse_npy_header(std::string_view text, const std::string& where) {
  Scanner scanner(text, where);
  std::optional<std::string> descr;
  std::optional<bool> fortran;
  std::optional<std::vector<std::size_t>> shape;
  scanner.expect("{");
  while (!scanner.take("}")) {
    const std::string key = scanner.quoted();
    scanner.expect(":");
    if (key == "descr" && !descr) {
      descr = read_descr(scanner, where);
    } else if (key == "fortran_order" && !fortran) {
      fortran = scanner.take("True");
      if (!*fortran) {
        scanner.expect("False");
      }
    } else if (key == "shape" && !shape) {
      shape = read_shape(scanner, where);
    } else {
      fail("{}: damaged header: key '{}' is unknown or comes twice", where, key);
    }
    if (!scanner.take(",")) {
      scanner.expect("}");
      break;
    }
  }
  require(descr && fortran && shape && scanner.at_end(),
          "{}: damaged header: expected descr, fortran_order and shape and nothing behind them",
          where);
  return {*descr, *fortran, *shape};
}

}  // namespace cance::prep
