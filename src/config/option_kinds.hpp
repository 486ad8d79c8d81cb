// The kinds of settings: each makes a row of the option table that parses, checks and prints one.
#pragma once

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/option_table.hpp"

namespace cance::config {

/// What is wrong with a text, or nothing.
using Problem = std::optional<std::string>;

/// Adds rows to the end of a table.
void append(std::vector<Option>& table, std::vector<Option> rows);

/// A number from `low` to `high`.
template <class T>
Option number(std::string key, T& target, T low, T high, std::string help) {
  const std::string range = fmt::format("{} to {}", low, high);
  return {std::move(key), std::move(help), range,
          [&target, low, high, range](const std::string& text) -> Problem {
            const auto value = parse_number<T>(text);
            if (!value || !(*value >= low && *value <= high)) {
              return fmt::format("expected a number from {}", range);
            }
            target = *value;
            return std::nullopt;
          },
          [&target] { return fmt::format("{}", target); }};
}

/// One of the words.
Option choice(std::string key, std::string& target, std::vector<std::string> allowed,
              std::string help);
/// A name as of a file, without its folder.
Option name(std::string key, std::string& target, std::string help);
/// on | off.
Option flag(std::string key, bool& target, std::string help);
/// Cases of classes: 0-9, or several normal together as 0+1,0+8; no case as "all".
Option cases(std::string key, std::vector<Classes>& target, std::string help);
/// Whole numbers as 0-4 or 0,2,5.
Option numbers(std::string key, std::vector<int>& target, std::string help);
/// Whole numbers as 1,2,4, each from 1 to `high` and once.
Option counts(std::string key, std::vector<int>& target, int high, std::string help);
/// Percentages 1 to 99 as 30,60, or none.
Option percents(std::string key, std::vector<int>& target, std::string help);
/// Widths of layers as 256,256; `automatic`: also auto, which is none.
Option widths(std::string key, std::vector<int>& target, std::string help, bool automatic = false);
/// Some of the words, each once.
Option choices(std::string key, std::vector<std::string>& target, std::vector<std::string> allowed,
               std::string help);

}  // namespace cance::config
