// From text to a checked Config and back.
#pragma once

#include <filesystem>
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
[[nodiscard]] Config load_config(const std::filesystem::path& path,
                                 const std::vector<std::string>& overrides = {});

/// The effective settings as INI text: all sections but those of methods that the grid does not
/// run. parse_config of it gives the same grid.
[[nodiscard]] std::string config_text(const Config& config);
/// An effective text as this build writes it, of these methods alone where some are named; as it is
/// where this build does not know its keys.
[[nodiscard]] std::string renewed_text(const std::string& text,
                                       const std::vector<std::string>& methods = {});

/// A key ("section.key") on which two effective texts differ, renewed where both can be, or lack.
struct ConfigChange {
  std::string key;
  std::optional<std::string> before, after;
};
/// All such keys: those of `before` in their order by name, then those that only `after` has.
[[nodiscard]] std::vector<ConfigChange> config_changes(const std::string& before,
                                                       const std::string& after);
/// The same as "key: a -> b", joined by "; "; empty when the texts agree.
[[nodiscard]] std::string config_difference(const std::string& before, const std::string& after);

/// All keys with defaults, ranges and meaning, for --help.
[[nodiscard]] std::string config_help();

}  // namespace cance::config
