#include "config/option_kinds.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include "config/cell.hpp"

namespace cance::config {
namespace {

/// Whole numbers from 1 to `high` between commas; nothing where one is something else.
std::optional<std::vector<int>> positive_numbers(const std::string& text, int high) {
  std::vector<int> values;
  for (const std::string& word : split(text, ',')) {
    const auto value = parse_number<int>(trim(word));
    if (!value || *value < 1 || *value > high) {
      return std::nullopt;
    }
    values.push_back(*value);
  }
  return values;
}

bool each_once(const std::vector<int>& values) {
  return std::set<int>(values.begin(), values.end()).size() == values.size();
}

}  // namespace

void append(std::vector<Option>& table, std::vector<Option> rows) {
  std::ranges::move(rows, std::back_inserter(table));
}

Option choice(std::string key, std::string& target, std::vector<std::string> allowed,
              std::string help) {
  const std::string range = join(allowed, " | ");
  return {std::move(key), std::move(help), range,
          [&target, allowed, range](const std::string& text) -> Problem {
            if (std::ranges::find(allowed, text) == allowed.end()) {
              return fmt::format("expected one of {}{}", range, did_you_mean(text, allowed));
            }
            target = text;
            return std::nullopt;
          },
          [&target] { return target; }};
}

Option name(std::string key, std::string& target, std::string help) {
  return {std::move(key), std::move(help), "a name of letters, digits, - and _",
          [&target](const std::string& text) -> Problem {
            const auto ordinary = [](char c) {
              return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
            };
            if (text.empty() || !std::ranges::all_of(text, ordinary)) {
              return "expected a name of letters, digits, - and _";
            }
            target = text;
            return std::nullopt;
          },
          [&target] { return target; }};
}

Option flag(std::string key, bool& target, std::string help) {
  return {std::move(key), std::move(help), "on | off",
          [&target](const std::string& text) -> Problem {
            if (text != "on" && text != "off") {
              return "expected on or off";
            }
            target = text == "on";
            return std::nullopt;
          },
          [&target] { return target ? "on" : "off"; }};
}

Option cases(std::string key, std::vector<Classes>& target, std::string help) {
  const std::string range = "a list as 0-4 or 0,2,5 or 0+1,0+8";
  return {std::move(key), std::move(help), range,
          [&target, range](const std::string& text) -> Problem {
            const auto values = parse_cases(text);
            if (!values) {
              return "expected " + range;
            }
            target = *values;
            return std::nullopt;
          },
          [&target] { return cases_text(target); }};
}

Option numbers(std::string key, std::vector<int>& target, std::string help) {
  return {std::move(key), std::move(help), "a list as 0-4 or 0,2,5",
          [&target](const std::string& text) -> Problem {
            const auto values = parse_number_list(text);
            if (!values || values->empty()) {
              return "expected a list of numbers as 0-4 or 0,2,5";
            }
            target = *values;
            return std::nullopt;
          },
          [&target] { return fmt::format("{}", fmt::join(target, ",")); }};
}

Option counts(std::string key, std::vector<int>& target, int high, std::string help) {
  const std::string range = fmt::format("numbers as 1,2,4, each once and 1 to {}", high);
  return {std::move(key), std::move(help), range,
          [&target, high, range](const std::string& text) -> Problem {
            const auto values = positive_numbers(text, high);
            if (!values || !each_once(*values)) {
              return "expected " + range;
            }
            target = *values;
            return std::nullopt;
          },
          [&target] { return fmt::format("{}", fmt::join(target, ",")); }};
}

Option percents(std::string key, std::vector<int>& target, std::string help) {
  const std::string range = "none, or percentages as 30,60, each 1 to 99";
  return {
      std::move(key), std::move(help), range,
      [&target, range](const std::string& text) -> Problem {
        if (text == "none") {
          target.clear();
          return std::nullopt;
        }
        const auto values = parse_number_list(text);
        if (!values || values->empty() ||
            !std::ranges::all_of(*values, [](int v) { return v >= 1 && v <= 99; })) {
          return "expected " + range;
        }
        target = *values;
        return std::nullopt;
      },
      [&target] { return target.empty() ? "none" : fmt::format("{}", fmt::join(target, ",")); }};
}

Option widths(std::string key, std::vector<int>& target, std::string help, bool automatic) {
  const std::string range =
      (automatic ? "auto, or " : "") + std::string("widths as 256,256, each 1 to 65536");
  return {
      std::move(key), std::move(help), range,
      [&target, range, automatic](const std::string& text) -> Problem {
        if (automatic && text == "auto") {
          target.clear();
          return std::nullopt;
        }
        const auto values = positive_numbers(text, 65536);
        if (!values) {
          return "expected " + range;
        }
        target = *values;
        return std::nullopt;
      },
      [&target] { return target.empty() ? "auto" : fmt::format("{}", fmt::join(target, ",")); }};
}

Option choices(std::string key, std::vector<std::string>& target, std::vector<std::string> allowed,
               std::string help) {
  const std::string range = "any of " + join(allowed, ", ");
  return {std::move(key), std::move(help), range,
          [&target, allowed, range](const std::string& text) -> Problem {
            std::vector<std::string> values;
            for (const std::string& item : split(text, ',')) {
              const std::string word = trim(item);
              if (std::ranges::find(allowed, word) == allowed.end()) {
                return fmt::format("'{}': expected {}{}", word, range, did_you_mean(word, allowed));
              }
              if (std::ranges::find(values, word) == values.end()) {
                values.push_back(word);
              }
            }
            target = values;
            return std::nullopt;
          },
          [&target] { return join(target, ","); }};
}

}  // namespace cance::config
