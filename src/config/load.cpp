#include "config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/methods.hpp"
#include "config/option_table.hpp"

namespace cance::config {
namespace {

namespace fs = std::filesystem;

/// A line of an INI text.
struct Setting {
  std::string key, value;
  std::size_t line = 0;  ///< from 1
};

/// Where a text comes from.
struct Source {
  fs::path file = {};            ///< empty where includes are not followed
  std::string name = {};         ///< in messages
  std::string included_by = {};  ///< "a.cfg, line 2"; empty where it was given itself

  /// "b.cfg", or "b.cfg, line 7 (included by a.cfg, line 2)"; without a line where that is 0.
  [[nodiscard]] std::string at(std::size_t line) const {
    return included_by.empty()
               ? name
               : fmt::format("{}{} (included by {})", name,
                             line > 0 ? fmt::format(", line {}", line) : "", included_by);
  }
};

/// Lines [section] and key = value; # begins a comment, anywhere. Error: a line that is neither.
std::vector<Setting> parse_ini(const std::string& ini, const Source& source) {
  std::vector<Setting> settings;
  std::string section;
  std::size_t number = 0;
  const std::string_view mark = "\xEF\xBB\xBF";  // of UTF-8, which some editors put in front
  const std::string_view lines =
      std::string_view(ini).substr(ini.starts_with(mark) ? mark.size() : 0);
  require(!lines.starts_with("\xFF\xFE") && !lines.starts_with("\xFE\xFF"),
          "{}: UTF-16, expected UTF-8; save it as UTF-8", source.at(0));
  for (const std::string& line : split(lines, '\n')) {
    ++number;
    const std::string text = trim(line.substr(0, line.find('#')));
    const auto equals = text.find('=');
    if (text.starts_with('[') && text.ends_with(']')) {
      section = text.substr(1, text.size() - 2);
      section += section.ends_with('.') ? "" : ".";
    } else if (!text.empty()) {
      require(equals != std::string::npos,
              "{}: not an INI file: the options configuration file contains an invalid line '{}'; "
              "expected lines [section] and key = value",
              source.at(number), text);
      settings.push_back(
          {section + trim(text.substr(0, equals)), trim(text.substr(equals + 1)), number});
    }
  }
  return settings;
}

class Setter {
 public:
  /// Lines of [vary] are faults where there is no place for them.
  explicit Setter(Config& config, std::vector<Variation>* variations = nullptr)
      : table_(option_table(config)), variations_(variations) {
    for (const Option& option : table_) {
      keys_.push_back(option.key);
    }
  }

  /// What a file includes, in its order, then its own lines.
  void set_file(const std::string& ini, const Source& source) {
    try {
      const std::vector<Setting> settings = parse_ini(ini, source);
      const auto is_include = [&](const Setting& setting) {
        return !source.file.empty() && setting.key == kInclude;
      };
      for (const Setting& setting : settings) {
        if (is_include(setting)) {
          include(source, setting);
        }
      }
      std::map<std::string, std::size_t> places;
      for (const Setting& setting : settings) {
        if (is_include(setting)) {
          continue;
        }
        const auto [place, first] = places.emplace(setting.key, setting.line);
        if (first && variations_ != nullptr && setting.key.starts_with(kVary)) {
          vary(setting, fmt::format("{}, line {}", source.at(0), setting.line));
        } else if (first) {
          set(source.at(setting.line), setting.key, setting.value);
        } else {
          faults_.push_back(fmt::format("{}: lines {} and {} both set {}; keep one of them",
                                        source.at(0), place->second, setting.line, setting.key));
        }
      }
    } catch (const Error& error) {
      faults_.emplace_back(error.what());
    }
  }

  void set_override(const std::string& text, const std::string& origin = "--set") {
    const auto equals = text.find('=');
    if (equals == std::string::npos) {
      faults_.push_back(fmt::format("{} {}: expected key=value", origin, text));
    } else {
      set(origin, trim(text.substr(0, equals)), trim(text.substr(equals + 1)));
    }
  }

  /// A known key's value as its row prints it.
  [[nodiscard]] std::string value(const std::string& key) const {
    return std::ranges::find(table_, key, &Option::key)->get();
  }

  void throw_faults() const { require(faults_.empty(), "{}", join(faults_, "\n  ")); }

 private:
  static constexpr const char* kInclude = "include";
  static constexpr std::string_view kVary = "vary.";
  static constexpr int kMostIncluded = 1000;  // those that include others twice would be countless

  /// A key that an included file varies is varied as the including one says.
  void vary(const Setting& line, const std::string& where) {
    try {
      Variation own = parse_variation(line.key.substr(kVary.size()), line.value, where);
      std::erase_if(*variations_, [&](const Variation& other) { return other.key == own.key; });
      variations_->push_back(std::move(own));
    } catch (const Error& error) {
      faults_.emplace_back(error.what());
    }
  }

  /// The files that a line "include = a.cfg, b.cfg" names, from the folder of its own.
  void include(const Source& source, const Setting& line) {
    way_.emplace_back(fs::weakly_canonical(source.file), line.line);
    const std::string place = fmt::format("{}, line {}", source.name, line.line);
    for (const std::string& item : split(line.value, ',')) {
      const fs::path file = (source.file.parent_path() / trim(item)).lexically_normal();
      const auto turn = std::ranges::find(way_, fs::weakly_canonical(file),
                                          &std::pair<fs::path, std::size_t>::first);
      if (!fs::is_regular_file(file)) {
        faults_.push_back(
            fmt::format("{}: include = {}: {} is no file; expected settings files, "
                        "from the folder of this one",
                        place, line.value, trim(item).empty() ? "''" : file.string()));
      } else if (turn != way_.end()) {
        faults_.push_back(
            fmt::format("{}: includes {}, whose line {} leads back here; take one of "
                        "the two lines out",
                        place, file.string(), turn->second));
      } else if (++included_ == kMostIncluded) {
        faults_.push_back(
            fmt::format("{}: include = {}: with it {} files are included, the most; "
                        "include each once",
                        place, line.value, kMostIncluded));
      } else if (included_ < kMostIncluded) {
        set_file(read_text_file(file), {file, file.string(), place});
      }
    }
    way_.pop_back();
  }

  void set(const std::string& origin, const std::string& key, const std::string& value) {
    const auto option = std::ranges::find(table_, key, &Option::key);
    if (option == table_.end()) {
      faults_.push_back(fmt::format("{}: unknown key '{}'{}", origin, key,
                                    key.ends_with(".include")
                                        ? "; include stands before the first [section]"
                                        : nearest(key)));
    } else if (const auto problem = option->set(value)) {
      faults_.push_back(fmt::format("{}: {} = {}: {}", origin, key, value, *problem));
    }
  }

  /// "; did you mean ...?" of a key alike, of a word without a section the keys that end so.
  [[nodiscard]] std::string nearest(const std::string& key) const {
    const std::string whole = with_sections(key, keys_);
    return whole.empty() ? did_you_mean(key, keys_)
                         : fmt::format("; a key has its section, as '{}'", whole);
  }

  std::vector<Option> table_;
  std::vector<std::string> keys_;
  std::vector<Variation>* variations_;
  std::vector<std::string> faults_;
  int included_ = 0;
  std::vector<std::pair<fs::path, std::size_t>> way_;  // files whose includes are read, and lines
};

Config read_settings(const std::string& ini, const Source& source,
                     const std::vector<std::string>& overrides,
                     std::vector<Variation>* variations = nullptr) {
  Config config;
  Setter setter(config, variations);
  setter.set_file(ini, source);
  for (const std::string& text : overrides) {
    setter.set_override(text);
  }
  setter.throw_faults();
  return config;
}

/// Nothing where this build does not know a key or a value.
std::optional<Config> known(const std::string& text) {
  try {
    return parse_config(text, "settings");
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

Config parse_config(const std::string& ini, const std::string& origin,
                    const std::vector<std::string>& overrides) {
  return read_settings(ini, {.name = origin}, overrides);
}

Config load_config(const fs::path& path, const std::vector<std::string>& overrides) {
  return read_settings(read_text_file(path), {path, path.string(), ""}, overrides);
}

Config load_config(const fs::path& path, const std::vector<std::string>& overrides,
                   std::vector<Variation>& variations) {
  return read_settings(read_text_file(path), {path, path.string(), ""}, overrides, &variations);
}

Variation parse_variation(const std::string& key, const std::string& values,
                          const std::string& where) {
  require(!key.starts_with("grid."),
          "{}: {} = {}: a sweep varies settings of cells; list more "
          "cells in [grid] itself",
          where, key, values);
  Variation variation{key, {}};
  const bool lists = values.find(';') != std::string::npos;
  const std::string list = values.ends_with(';') ? values.substr(0, values.size() - 1) : values;
  for (const std::string& value : split(list, lists ? ';' : ',')) {
    Config scratch;
    Setter setter(scratch);
    setter.set_override(key + "=" + trim(value), where);
    setter.throw_faults();
    // As the table prints it, so that 4 and 4.0 are one value.
    const std::string text = setter.value(key);
    require(!contains(variation.values, text),
            "{}: {} = {}: the value {} is there twice (';' separates values that hold commas)",
            where, key, values, text);
    variation.values.push_back(text);
  }
  return variation;
}

std::string config_text(const Config& config, bool whole) {
  Config copy = config;
  std::string text;
  std::string section;
  const std::string ensemble(EnsembleMethod::kFacts.name);
  // An ensemble keeps its own section and those of what it joins; one of an earlier build does not
  // say what that is.
  const bool joins =
      config.ensemble.methods != "none" && config.grid.methods == std::vector{ensemble};
  const auto methods = joins ? split(config.ensemble.methods, ',') : config.grid.methods;
  for (const Option& option : option_table(copy)) {
    const auto dot = option.key.find('.');
    const std::string own = option.key.substr(0, dot);
    if (!whole && !methods_read_section(methods, own) && !(joins && own == ensemble)) {
      continue;
    }
    if (own != section) {
      section = own;
      text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section);
    }
    text += fmt::format("{} = {}\n", option.key.substr(dot + 1), option.get());
  }
  return text;
}

std::string value_of(const Config& config, const std::string& key) {
  Config copy = config;
  return Setter(copy).value(key);
}

void set_value(Config& config, const std::string& key, const std::string& value) {
  Setter setter(config);
  setter.set_override(key + "=" + value);
  setter.throw_faults();
}

namespace {

/// What the lengths in a section are multiplied by for those of schedule.shares that read it.
double share_of_section(const ScheduleOptions& schedule, const std::string& section) {
  std::optional<double> least;
  for (const auto& [name, share] : schedule.shares) {
    const bool own = name == kRepresentation ? section == "autoencoder"
                                             : methods_read_section({name}, section) &&
                                                   !methods_read_section({}, section);
    if (own) {
      least = std::min(least.value_or(share), share);
    }
  }
  return least.value_or(1);
}

}  // namespace

Config trained_config(const Config& config) {
  Config trained = config;
  const std::vector<Option> table = option_table(trained);
  if (std::ranges::any_of(table, [](const Option& o) { return o.scale && o.get() == kAuto; })) {
    return config;
  }
  for (const Option& option : table) {
    if (option.scale) {
      const std::string section = option.key.substr(0, option.key.find('.'));
      option.scale(config.schedule.share * share_of_section(config.schedule, section));
    }
  }
  trained.schedule.share = 1;
  trained.schedule.shares.clear();
  return trained;
}

std::string renewed_text(const std::string& text, const std::vector<std::string>& methods) {
  std::optional<Config> config = known(text);
  if (config && !methods.empty()) {
    config->grid.methods = methods;
  }
  return config ? config_text(*config) : text;
}

std::map<std::string, std::string> setting_values(const std::string& text) {
  std::map<std::string, std::string> values;
  for (const Setting& setting : parse_ini(text, {.name = "settings"})) {
    values[setting.key] = setting.value;
  }
  return values;
}

std::vector<ConfigChange> config_changes(const std::string& before, const std::string& after) {
  if (before == after) {
    return {};
  }
  const auto old_known = known(before);
  const auto new_known = known(after);
  const bool renew = old_known && new_known;
  if (renew && config_text(trained_config(*old_known)) == config_text(trained_config(*new_known))) {
    return {};
  }
  auto new_values = setting_values(renew ? config_text(*new_known) : after);
  std::vector<ConfigChange> changes;
  for (const auto& [key, value] : setting_values(renew ? config_text(*old_known) : before)) {
    const auto match = new_values.find(key);
    if (match == new_values.end()) {
      changes.push_back({key, value, std::nullopt});
      continue;
    }
    if (match->second != value) {
      changes.push_back({key, value, match->second});
    }
    new_values.erase(match);
  }
  for (const auto& [key, value] : new_values) {
    changes.push_back({key, std::nullopt, value});
  }
  return changes;
}

std::string config_difference(const std::string& before, const std::string& after) {
  constexpr std::size_t kShown = 8;
  auto changes = config_changes(before, after);
  std::ranges::stable_partition(  // what only one has often follows from other methods
      changes, [](const ConfigChange& change) { return change.before && change.after; });
  std::vector<std::string> lines;
  for (const ConfigChange& change : changes) {
    lines.push_back(fmt::format("{}: {} -> {}", change.key, change.before.value_or("(absent)"),
                                change.after.value_or("(absent)")));
    if (lines.size() == kShown && changes.size() > kShown) {
      lines.push_back(fmt::format("and {} more", changes.size() - kShown));
      break;
    }
  }
  return join(lines, "; ");
}

std::string config_help() {
  Config defaults;
  std::string text;
  for (const Option& option : option_table(defaults)) {
    text += fmt::format("  {:<36} {} ({}; default {})\n", option.key, option.help, option.range,
                        option.get());
  }
  return text;
}

}  // namespace cance::config
