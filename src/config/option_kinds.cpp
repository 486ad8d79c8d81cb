#include "config/option_kinds.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/ranges.hpp"
#include "config/cell.hpp"
#include "config/ensembles.hpp"

namespace cance::config {
namespace {

using Numbers = std::optional<std::vector<int>>;

constexpr int kWidest = 65536;
constexpr const char* kWidths = "widths as 256,256, each 1 to 65536";

/// Whole numbers from 1 to `high` between commas; nothing where one is something else.
Numbers positive_numbers(const std::string& text, int high) {
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

/// Prints numbers between commas; `none` stands for no number.
auto list_or(const char* none) {
  return [none](const std::vector<int>& values) {
    return values.empty() ? none : fmt::format("{}", fmt::join(values, ","));
  };
}

/// Multiplies a length that is not 0.
std::function<void(double)> scale_of(int& target, int high) {
  return [&target, high](double share) {
    constexpr double kRounding = 1e-9;  // .29 times 100 is 29
    if (target > 0) {
      target = static_cast<int>(std::clamp(target * share + kRounding, 1.0, 1.0 * high));
    }
  };
}

const std::string& as_it_is(const std::string& text) { return text; }

}  // namespace

void Keys::length(const std::string& name, int& target, int low, int high, std::string help) {
  number(name, target, low, high, std::move(help));
  table_.back().scale = scale_of(target, high);
}

void Keys::length(const std::string& name, Auto<int>& target, int low, int high, std::string help) {
  number(name, target, low, high, std::move(help));
  table_.back().scale = scale_of(target.value, high);
}

void Keys::choice(const std::string& name, std::string& target, std::vector<std::string> allowed,
                  std::string help) {
  const std::string range = join(allowed, " | ");
  add(
      name, target, std::move(help), range,
      [allowed, range](const std::string& text, std::string& problem) {
        problem = fmt::format("expected one of {}{}", range, did_you_mean(text, allowed));
        return contains(allowed, text) ? std::optional(text) : std::nullopt;
      },
      as_it_is);
}

void Keys::names(const std::string& name, std::vector<std::string>& target, std::string help) {
  add(
      name, target, std::move(help), "names of letters, digits, - and _, as a,b",
      [](const std::string& text, std::string&) {
        std::vector<std::string> values;
        for (const std::string& item : split(text, ',')) {
          const std::string word = trim(item);
          const bool ordinary = std::ranges::all_of(word, [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
          });
          if (word.empty() || !ordinary) {
            return std::optional<std::vector<std::string>>();
          }
          if (!contains(values, word)) {
            values.push_back(word);
          }
        }
        return std::optional(values);
      },
      [](const std::vector<std::string>& values) { return join(values, ","); });
}

void Keys::line(const std::string& name, std::string& target, std::string help) {
  add(
      name, target, std::move(help), "words",
      [](const std::string& text, std::string&) { return std::optional(text); }, as_it_is);
}

void Keys::flag(const std::string& name, bool& target, std::string help) {
  add(
      name, target, std::move(help), "on | off",
      [](const std::string& text, std::string& problem) {
        problem = "expected on or off";
        return text == "on" || text == "off" ? std::optional(text == "on") : std::nullopt;
      },
      [](bool value) { return value ? "on" : "off"; });
}

void Keys::cases(const std::string& name, std::vector<Classes>& target, std::string help) {
  add(
      name, target, std::move(help), "a list as 0-4 or 0,2,5 or 0+1,0+8",
      [](const std::string& text, std::string&) { return parse_cases(text); }, cases_text);
}

void Keys::numbers(const std::string& name, std::vector<int>& target, std::string help) {
  add(
      name, target, std::move(help), "a list as 0-4 or 0,2,5",
      [](const std::string& text, std::string& problem) {
        problem = "expected a list of numbers as 0-4 or 0,2,5";
        const Numbers values = parse_number_list(text);
        return values && !values->empty() ? values : std::nullopt;
      },
      list_or(""));
}

void Keys::counts(const std::string& name, std::vector<int>& target, int high, std::string help) {
  add(
      name, target, std::move(help), fmt::format("numbers as 1,2,4, each once and 1 to {}", high),
      [high](const std::string& text, std::string&) {
        const Numbers values = positive_numbers(text, high);
        return values && each_once(*values) ? values : std::nullopt;
      },
      list_or(""));
}

void Keys::percents(const std::string& name, std::vector<int>& target, std::string help) {
  add(
      name, target, std::move(help), "none, or percentages as 30,60, each 1 to 99",
      [](const std::string& text, std::string&) {
        const Numbers values = text == "none" ? std::vector<int>() : parse_number_list(text);
        const bool some = text == "none" || (values && !values->empty());
        return some && std::ranges::all_of(*values, [](int v) { return v >= 1 && v <= 99; })
                   ? values
                   : std::nullopt;
      },
      list_or("none"));
}

void Keys::widths(const std::string& name, std::vector<int>& target, std::string help,
                  bool automatic) {
  add(
      name, target, std::move(help), (automatic ? kOrAuto : "") + std::string(kWidths),
      [automatic](const std::string& text, std::string&) {
        return automatic && text == kAuto ? std::vector<int>() : positive_numbers(text, kWidest);
      },
      list_or("auto"));
}

void Keys::widths(const std::string& name, Auto<std::vector<int>>& target, std::string help) {
  add(
      name, target, std::move(help), kWidths,
      [](const std::string& text, std::string&) { return positive_numbers(text, kWidest); },
      list_or(""));
}

void Keys::shares(const std::string& name, std::map<std::string, double>& target,
                  std::vector<std::string> allowed, double low, double high, std::string help) {
  using Shares = std::map<std::string, double>;
  const std::string range =
      fmt::format("none, or NAME:SHARE,..., each name once, shares {} to {}", low, high);
  add(
      name, target, std::move(help), range,
      [allowed, low, high, range](const std::string& text, std::string& problem) {
        Shares values;
        for (const std::string& item :
             text == "none" ? std::vector<std::string>() : split(text, ',')) {
          const std::string word = trim(item.substr(0, item.find(':')));
          if (!contains(allowed, word)) {
            problem = fmt::format("'{}': expected any of {}{}", word, join(allowed, ", "),
                                  did_you_mean(word, allowed));
            return std::optional<Shares>();
          }
          const auto share = parse_number<double>(trim(item.substr(item.find(':') + 1)));
          if (!share || *share < low || *share > high || !values.emplace(word, *share).second) {
            problem = fmt::format("'{}': expected {}", trim(item), range);
            return std::optional<Shares>();
          }
        }
        return std::optional(values);
      },
      [](const Shares& values) {
        return values.empty()
                   ? "none"
                   : join(mapped(values,
                                 [](const auto& value) {
                                   return fmt::format("{}:{}", value.first, value.second);
                                 }),
                          ",");
      });
}

void Keys::ensembles(const std::string& name, std::vector<EnsembleRequest>& target,
                     std::string help) {
  add(
      name, target, std::move(help),
      "none, or OVER:RULE:METHOD+METHOD,..., as latents:max:cnce+error or "
      "seeds+latents:mean:cance, rules max and mean",
      [](const std::string& text, std::string&) { return parse_ensembles(text); }, ensembles_text);
}

void Keys::choices(const std::string& name, std::vector<std::string>& target,
                   std::vector<std::string> allowed, std::string help) {
  const std::string range = "any of " + join(allowed, ", ");
  add(
      name, target, std::move(help), range,
      [allowed, range](const std::string& text, std::string& problem) {
        std::vector<std::string> values;
        for (const std::string& item : split(text, ',')) {
          const std::string word = trim(item);
          if (!contains(allowed, word)) {
            problem = fmt::format("'{}': expected {}{}", word, range, did_you_mean(word, allowed));
            return std::optional<std::vector<std::string>>();
          }
          if (!contains(values, word)) {
            values.push_back(word);
          }
        }
        return std::optional(values);
      },
      [](const std::vector<std::string>& values) { return join(values, ","); });
}

}  // namespace cance::config
