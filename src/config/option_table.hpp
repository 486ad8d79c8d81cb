// One row a key: parsed, checked, printed, explained; for files, --set, --help, effective texts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"

namespace cance::config {

/// The text of a setting that is left to a rule (config/automatic.hpp).
inline const std::string kAuto = "auto";

struct Option {
  std::string key;    ///< "nce.noise_ratio"
  std::string help;   ///< meaning, with its symbol and unit
  std::string range;  ///< allowed values, for people
  /// Parses and stores; returns what is wrong, or nothing.
  std::function<std::optional<std::string>(const std::string&)> set;
  std::function<std::string()> get;  ///< the value as a file would say it
  /// Of a length of training: multiplies it, at least one where it was not 0. Empty for others.
  std::function<void(double)> scale = {};
};

/// The rows of `config`, bound to it (it must outlive them).
[[nodiscard]] std::vector<Option> option_table(Config& config);

/// "autoencoder.hidden' or 'nce.hidden" of "hidden": those of the keys that are it with a section,
/// to stand between quotes. Empty: none.
[[nodiscard]] std::string with_sections(const std::string& word,
                                        const std::vector<std::string>& keys);

}  // namespace cance::config
