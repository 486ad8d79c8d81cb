#include "config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "config/methods.hpp"
#include "config/option_table.hpp"

namespace cance::config {
namespace {

/// A line of an INI text.
struct Setting {
  std::string key, value;
  std::size_t line = 0;  ///< from 1
};

/// Lines [section] and key = value; # begins a comment, anywhere. Error: a line that is neither.
std::vector<Setting> parse_ini(const std::string& ini, const std::string& origin) {
  std::vector<Setting> settings;
  std::string section;
  std::size_t number = 0;
  const std::string_view mark = "\xEF\xBB\xBF";  // of UTF-8, which some editors put in front
  const std::string_view lines =
      std::string_view(ini).substr(ini.starts_with(mark) ? mark.size() : 0);
  require(!lines.starts_with("\xFF\xFE") && !lines.starts_with("\xFE\xFF"),
          "{}: UTF-16, expected UTF-8; save it as UTF-8", origin);
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
              origin, text);
      settings.push_back(
          {section + trim(text.substr(0, equals)), trim(text.substr(equals + 1)), number});
    }
  }
  return settings;
}

class Setter {
 public:
  explicit Setter(Config& config) : table_(option_table(config)) {
    for (const Option& option : table_) {
      keys_.push_back(option.key);
    }
  }

  void set_file(const std::string& ini, const std::string& origin) {
    try {
      std::map<std::string, std::size_t> places;
      for (const auto& [key, value, line] : parse_ini(ini, origin)) {
        const auto [place, first] = places.emplace(key, line);
        if (first) {
          set(origin, key, value);
        } else {
          faults_.push_back(fmt::format("{}: lines {} and {} both set {}; keep one of them", origin,
                                        place->second, line, key));
        }
      }
    } catch (const Error& error) {
      faults_.emplace_back(error.what());
    }
  }

  void set_override(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) {
      faults_.push_back(fmt::format("--set {}: expected key=value", text));
    } else {
      set("--set", trim(text.substr(0, equals)), trim(text.substr(equals + 1)));
    }
  }

  void throw_faults() const { require(faults_.empty(), "{}", join(faults_, "\n  ")); }

 private:
  void set(const std::string& origin, const std::string& key, const std::string& value) {
    const auto option = std::ranges::find(table_, key, &Option::key);
    if (option == table_.end()) {
      faults_.push_back(
          fmt::format("{}: unknown key '{}'{}", origin, key, did_you_mean(key, keys_)));
    } else if (const auto problem = option->set(value)) {
      faults_.push_back(fmt::format("{}: {} = {}: {}", origin, key, value, *problem));
    }
  }

  std::vector<Option> table_;
  std::vector<std::string> keys_;
  std::vector<std::string> faults_;
};

/// Nothing where this build does not know a key or a value.
std::optional<Config> known(const std::string& text) {
  try {
    return parse_config(text, "settings");
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::map<std::string, std::string> as_map(const std::string& text) {
  std::map<std::string, std::string> values;
  for (const Setting& setting : parse_ini(text, "settings")) {
    values[setting.key] = setting.value;
  }
  return values;
}

}  // namespace

Config parse_config(const std::string& ini, const std::string& origin,
                    const std::vector<std::string>& overrides) {
  Config config;
  Setter setter(config);
  setter.set_file(ini, origin);
  for (const std::string& text : overrides) {
    setter.set_override(text);
  }
  setter.throw_faults();
  return config;
}

Config load_config(const std::filesystem::path& path, const std::vector<std::string>& overrides) {
  return parse_config(read_text_file(path), path.string(), overrides);
}

std::string config_text(const Config& config) {
  Config copy = config;
  std::string text;
  std::string section;
  for (const Option& option : option_table(copy)) {
    const auto dot = option.key.find('.');
    const std::string own = option.key.substr(0, dot);
    if (!methods_read_section(config.grid.methods, own)) {
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

std::string renewed_text(const std::string& text, const std::vector<std::string>& methods) {
  std::optional<Config> config = known(text);
  if (config && !methods.empty()) {
    config->grid.methods = methods;
  }
  return config ? config_text(*config) : text;
}

std::vector<ConfigChange> config_changes(const std::string& before, const std::string& after) {
  const auto old_known = known(before);
  const auto new_known = known(after);
  const bool renew = old_known && new_known;
  auto new_values = as_map(renew ? config_text(*new_known) : after);
  std::vector<ConfigChange> changes;
  for (const auto& [key, value] : as_map(renew ? config_text(*old_known) : before)) {
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
  std::vector<std::string> lines;
  for (const ConfigChange& change : config_changes(before, after)) {
    lines.push_back(fmt::format("{}: {} -> {}", change.key, change.before.value_or("(absent)"),
                                change.after.value_or("(absent)")));
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
