// The kinds of settings: each makes a row of the option table that parses, checks and prints one.
#pragma once

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/option_table.hpp"

namespace cance::config {

/// Adds the rows of one section to a table. A range is also what a text is expected to be, unless
/// the kind says that in other words.
class Keys {
 public:
  Keys(std::vector<Option>& table, std::string section)
      : table_(table), section_(std::move(section)) {}

  [[nodiscard]] const std::string& section() const { return section_; }
  /// The rows of another section of the same table.
  [[nodiscard]] Keys in(std::string section) const { return {table_, std::move(section)}; }

  /// A number from `low` to `high`.
  template <class T>
  void number(const std::string& name, T& target, T low, T high, std::string help) {
    add_number(name, target, low, high, std::move(help), "");
  }
  template <class T>
  void number(const std::string& name, Auto<T>& target, T low, T high, std::string help) {
    add_number(name, target, low, high, std::move(help), kOrAuto);
  }
  /// A length of training, in epochs or steps, which schedule.share multiplies; 0 stays 0.
  void length(const std::string& name, int& target, int low, int high, std::string help);
  void length(const std::string& name, Auto<int>& target, int low, int high, std::string help);
  /// One of the words.
  void choice(const std::string& name, std::string& target, std::vector<std::string> allowed,
              std::string help);
  /// Names as of files, without their folders, each once.
  void names(const std::string& name, std::vector<std::string>& target, std::string help);
  /// Any words on one line.
  void line(const std::string& name, std::string& target, std::string help);
  /// on | off.
  void flag(const std::string& name, bool& target, std::string help);
  /// Cases of classes: 0-9, or several normal together as 0+1,0+8; no case as "all".
  void cases(const std::string& name, std::vector<Classes>& target, std::string help);
  /// Whole numbers as 0-4 or 0,2,5.
  void numbers(const std::string& name, std::vector<int>& target, std::string help);
  /// Whole numbers as 1,2,4, each from 1 to `high` and once.
  void counts(const std::string& name, std::vector<int>& target, int high, std::string help);
  /// Percentages 1 to 99 as 30,60, or none.
  void percents(const std::string& name, std::vector<int>& target, std::string help);
  /// Widths of layers as 256,256; `automatic`: also auto, which is none.
  void widths(const std::string& name, std::vector<int>& target, std::string help,
              bool automatic = false);
  void widths(const std::string& name, Auto<std::vector<int>>& target, std::string help);
  /// Some of the words, each once with a number, as a:0.1,b:0.5; or none.
  void shares(const std::string& name, std::map<std::string, double>& target,
              std::vector<std::string> allowed, double low, double high, std::string help);
  /// Ensembles as latents:max:cnce+error, or none.
  void ensembles(const std::string& name, std::vector<EnsembleRequest>& target, std::string help);
  /// Some of the words, each once.
  void choices(const std::string& name, std::vector<std::string>& target,
               std::vector<std::string> allowed, std::string help);

 private:
  static constexpr const char* kOrAuto = "auto, or ";

  /// `parse` gives the value of a text, or nothing and may say what is wrong; `print` the text.
  template <class T, class Parse, class Print>
  void add(const std::string& name, T& target, std::string help, const std::string& range,
           Parse parse, Print print) {
    table_.push_back({section_ + "." + name, std::move(help), range,
                      [&target, range, parse](const std::string& text) {
                        std::optional<std::string> problem = "expected " + range;
                        if (std::optional<T> value = parse(text, *problem)) {
                          target = *std::move(value);
                          problem.reset();
                        }
                        return problem;
                      },
                      [&target, print] { return std::string(print(target)); }});
  }
  /// The same of a setting that may also be auto.
  template <class T, class Parse, class Print>
  void add(const std::string& name, Auto<T>& target, std::string help, const std::string& range,
           Parse parse, Print print) {
    add(name, target.value, std::move(help), kOrAuto + range, parse, print);
    Option& option = table_.back();
    option.set = [&target, set = option.set](const std::string& text) {
      auto problem = text == kAuto ? std::nullopt : set(text);
      target.automatic = problem ? target.automatic : text == kAuto;
      return problem;
    };
    option.get = [&target, get = option.get] { return target.automatic ? kAuto : get(); };
  }
  /// `also`: what it may be beside a number.
  template <class T, class Target>
  void add_number(const std::string& name, Target& target, T low, T high, std::string help,
                  const char* also) {
    const std::string range = fmt::format("{} to {}", low, high);
    add(
        name, target, std::move(help), range,
        [low, high, range, also](const std::string& text, std::string& problem) {
          problem = fmt::format("expected {}a number from {}", also, range);
          const auto value = parse_number<T>(text);
          return value && *value >= low && *value <= high ? value : std::nullopt;
        },
        [](T value) { return fmt::format("{}", value); });
  }

  std::vector<Option>& table_;
  std::string section_;
};

}  // namespace cance::config
