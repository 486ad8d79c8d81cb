#include "base/text.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <numeric>

namespace cance {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) {
    return "";
  }
  return std::string(text.substr(first, text.find_last_not_of(kBlank) - first + 1));
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  return small;
}

bool is_utf8_line(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t k) {
      return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
    };
    const unsigned lead = byte(0);
    const std::size_t more = lead < 0x80U                    ? 0
                             : lead >= 0xC2U && lead < 0xE0U ? 1
                             : (lead & 0xF0U) == 0xE0U       ? 2
                             : lead >= 0xF0U && lead < 0xF5U ? 3
                                                             : 4;
    if (more == 4 || lead == '\n' || lead == '\r' || lead == 0) {
      return false;
    }
    for (std::size_t k = 1; k <= more; ++k) {
      if ((byte(k) & 0xC0U) != 0x80U) {
        return false;
      }
    }
    const unsigned second = byte(1);
    if ((lead == 0xE0U && second < 0xA0U) || (lead == 0xEDU && second >= 0xA0U) ||
        (lead == 0xF0U && second < 0x90U) || (lead == 0xF4U && second >= 0x90U)) {
      return false;
    }
    i += 1 + more;
  }
  return true;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string join_first(std::vector<std::string> parts, std::size_t most) {
  if (parts.size() > most) {
    parts.resize(most);
    parts.emplace_back("...");
  }
  return join(parts, ", ");
}

namespace {

/// Without regard to the case of letters.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replace});
    }
  }
  return row[b.size()];
}

}  // namespace

bool nested_deeper(std::string_view text, std::size_t depth) {
  std::size_t open = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{') && ++open > depth) {
      return true;
    } else if (!quoted && (c == ']' || c == '}') && open > 0) {
      --open;
    }
  }
  return false;
}

std::string csv_field(const std::string& value) {
  // A spreadsheet would compute what begins so, unless it is a number such as "-.12 ± .03".
  const bool formula = value.size() > 1 &&
                       std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos &&
                       value.find_first_not_of("0123456789.eE+-± %") != std::string::npos;
  const std::string text = formula ? "'" + value : value;
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + '"';
}

std::optional<std::string> nearest_name(std::string_view word,
                                        const std::vector<std::string>& candidates) {
  const auto distance = [word](const std::string& name) { return edit_distance(word, name); };
  const auto best = std::ranges::min_element(candidates, {}, distance);
  if (best == candidates.end()) {
    return std::nullopt;
  }
  const std::size_t nearest = distance(*best);
  const bool near = nearest <= std::max<std::size_t>(2, word.size() / 3) && nearest < word.size();
  return near ? std::optional(*best) : std::nullopt;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto name = nearest_name(word, candidates);
  return name ? fmt::format("; did you mean '{}'?", *name) : "";
}

bool matches_pattern(std::string_view text, std::string_view pattern) {
  return ::fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), 0) == 0;
}

std::optional<std::vector<int>> parse_number_list(std::string_view text) {
  constexpr int kMostNumbers = 100'000;
  std::vector<int> numbers;
  for (const std::string& item : split(text, ',')) {
    const auto ends = split(trim(item), '-');
    const auto first = parse_number<int>(ends.front());
    const auto last = parse_number<int>(ends.back());
    if (ends.size() > 2 || !first || !last || *first < 0 || *last < *first ||
        *last - *first > kMostNumbers) {
      return std::nullopt;
    }
    for (int value = *first; value <= *last; ++value) {
      numbers.push_back(value);
    }
  }
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

bool natural_less(const std::string& a, const std::string& b) {
  return ::strverscmp(a.c_str(), b.c_str()) < 0;
}

bool value_less(const std::string& a, const std::string& b) {
  const auto x = parse_number<double>(a);
  const auto y = parse_number<double>(b);
  return x && y ? *x < *y : x || y ? x.has_value() : natural_less(a, b);
}

}  // namespace cance
