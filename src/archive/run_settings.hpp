// The settings that tell runs apart, as the tables of archives and reports have them in columns.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "store/run_file.hpp"

namespace cance::archive {

using Settings = std::map<std::string, std::string>;  ///< "section.key" to its text

/// All that a run was trained by, with what was chosen for auto: of each text once, as many runs
/// have the same. Not those that say which cells there are.
class SettingsReader {
 public:
  /// Nothing where the run has no settings text; empty where this is damaged.
  [[nodiscard]] std::shared_ptr<const Settings> of(const store::RunInfo& info);

 private:
  std::map<std::pair<std::string, std::vector<std::string>>, std::shared_ptr<const Settings>>
      known_;
};

struct RunSettings {
  std::string variant;
  std::shared_ptr<const Settings> all;
};
/// Of each run, by the names of columns: what its variant says ("latent"), and its settings on
/// which two of the runs differ ("nce.steps"), under the name that a variant has for the setting
/// where one says it; none of the latter where a run has no text.
[[nodiscard]] std::vector<Settings> setting_columns(std::span<const RunSettings> runs);

/// Adds what is not there; where values differ both, joined by ';', so that no mean hides that.
void join_settings(Settings& all, const Settings& more);

}  // namespace cance::archive
