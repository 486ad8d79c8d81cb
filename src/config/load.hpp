// From text to a checked Config and back.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"

namespace cance::config {

/// Reads INI text (`[section]` and `key = value`), then the "key=value" `overrides` in their order.
/// Every fault of both is listed in one Error: unknown key (nearest name), a key twice in the text,
/// value out of range, line without '='.
[[nodiscard]] Config parse_config(const std::string& ini, const std::string& origin,
                                  const std::vector<std::string>& overrides = {});
/// The same of a file, which may name others: lines "include = a.cfg, b.cfg" before its first
/// section, from its folder, whose settings its own hold over, as later ones over earlier ones.
/// Faults of an included file name the including line too; also one that is not there, a circle.
[[nodiscard]] Config load_config(const std::filesystem::path& path,
                                 const std::vector<std::string>& overrides = {});

/// A key and the texts that a sweep gives it: a line of the section [vary], without "vary.".
struct Variation {
  std::string key;
  std::vector<std::string> values;
};
/// "a,b" as two values, "1,2;3" too: where there is a ';', which may also stand at the end, it
/// separates them. Error, which names
/// `where`: an empty value, one twice, a key of the grid or an unknown one, a value out of range.
[[nodiscard]] Variation parse_variation(const std::string& key, const std::string& values,
                                        const std::string& where);
/// As load_config; the lines of sections [vary] go to `variations`, where load_config refuses them.
[[nodiscard]] Config load_config(const std::filesystem::path& path,
                                 const std::vector<std::string>& overrides,
                                 std::vector<Variation>& variations);

/// The effective settings as INI text: all sections but those of methods that the grid does not
/// run (nor, of an ensemble, joins), or `whole`: those too. parse_config of it gives the same grid.
[[nodiscard]] std::string config_text(const Config& config, bool whole = false);
/// The value of a known key as a file would say it, and setting it to a text that the key takes.
[[nodiscard]] std::string value_of(const Config& config, const std::string& key);
void set_value(Config& config, const std::string& key, const std::string& value);

/// The settings as they are trained: schedule.share, then 1, and schedule.shares, then none, are
/// multiplied into every length. As they are where a length is auto.
[[nodiscard]] Config trained_config(const Config& config);
/// An effective text as this build writes it, of these methods alone where some are named; as it is
/// where this build does not know its keys.
[[nodiscard]] std::string renewed_text(const std::string& text,
                                       const std::vector<std::string>& methods = {});

/// The keys ("section.key") of an effective text with their values. Error: a line of no INI text.
[[nodiscard]] std::map<std::string, std::string> setting_values(const std::string& text);

/// A key ("section.key") on which two effective texts, renewed where both can be, differ; nothing
/// where one does not have it. Texts that are trained alike do not differ.
struct ConfigChange {
  std::string key;
  std::optional<std::string> before, after;
};
/// All such keys: those of `before` in their order by name, then those that only `after` has.
[[nodiscard]] std::vector<ConfigChange> config_changes(const std::string& before,
                                                       const std::string& after);
/// The first of them as "key: a -> b", joined by "; ", those of both texts before the others; empty
/// when the texts agree.
[[nodiscard]] std::string config_difference(const std::string& before, const std::string& after);

/// All keys with defaults, ranges and meaning, for --help.
[[nodiscard]] std::string config_help();

}  // namespace cance::config
