#include "archive/run_settings.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/cell.hpp"
#include "config/load.hpp"
#include "config/option_table.hpp"

namespace cance::archive {
namespace {

Settings effective_settings(const store::RunInfo& info) {
  Settings values;
  try {
    values = config::setting_values(config::renewed_text(info.config));
  } catch (const Error&) {
    return {};
  }
  for (const std::string& choice : info.chosen) {
    const std::size_t end = choice.find('=');
    values[choice.substr(0, end)] = choice.substr(end + 1);
  }
  if (const auto over = values.find("ensemble.over"); over != values.end()) {
    for (const std::string& key : split(over->second, ',')) {
      values.erase(key);  // in the text it is the first member's
    }
    std::erase_if(values, [](const auto& setting) { return setting.second == config::kAuto; });
  }
  std::erase_if(values, [](const auto& setting) {  // which cells there are
    return setting.first.starts_with("grid.") || setting.first.starts_with("ensemble.");
  });
  return values;
}

}  // namespace

std::shared_ptr<const Settings> SettingsReader::of(const store::RunInfo& info) {
  if (info.config.empty()) {
    return nullptr;
  }
  auto& place = known_[{info.config, info.chosen}];
  if (!place) {
    place = std::make_shared<const Settings>(effective_settings(info));
  }
  return place;
}

std::vector<Settings> differing_settings(std::span<const RunSettings> runs) {
  std::vector<Settings> differing(runs.size());
  if (std::ranges::any_of(runs, [](const RunSettings& run) { return run.all == nullptr; })) {
    return differing;
  }
  std::map<std::string, std::set<std::string>> values;
  std::set<std::pair<std::string, const Settings*>> seen;  // many are alike
  std::set<std::string> unsaid;                            // by the variant of one of the runs
  for (const auto& [variant, all] : runs) {
    if (!seen.emplace(variant, all.get()).second) {
      continue;
    }
    for (const auto& [key, value] : *all) {
      values[key].insert(value);
      if (!config::says(variant, key, value)) {
        unsaid.insert(key);
      }
    }
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const auto& [key, value] : *runs[i].all) {
      if (unsaid.contains(key) && values[key].size() > 1) {
        differing[i].emplace(key, value);
      }
    }
  }
  return differing;
}

void join_settings(Settings& all, const Settings& more) {
  for (const auto& [name, value] : more) {
    const auto [place, fresh] = all.emplace(name, value);
    if (!fresh && !contains(split(place->second, ';'), value)) {
      place->second += ";" + value;
    }
  }
}

}  // namespace cance::archive
