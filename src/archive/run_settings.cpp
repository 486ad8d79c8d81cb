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

/// Of each run its settings on which two of the runs differ, but those that the variant of every
/// run with them says; none of any run where one has no text.
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

/// The differing setting that each name in the variants stands for, where it is one alone.
std::map<std::string, std::string> named_settings(std::span<const RunSettings> runs,
                                                  std::span<const Settings> differing) {
  std::map<std::string, std::set<std::string>> meant;  // keys by name
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const auto& [name, value] : config::variant_values(runs[i].variant)) {
      std::set<std::string> said;
      for (const auto& [key, own] : differing[i]) {
        if (config::names_key(name, key) && config::says(runs[i].variant, key, own)) {
          said.insert(key);
        }
      }
      const auto [place, fresh] = meant.emplace(name, said);
      std::erase_if(place->second, [&](const std::string& key) { return !said.contains(key); });
    }
  }
  std::map<std::string, std::string> names;  // by key
  for (const auto& [name, keys] : meant) {
    if (keys.size() == 1) {
      names.emplace(*keys.begin(), name);
    }
  }
  return names;
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

std::vector<Settings> setting_columns(std::span<const RunSettings> runs) {
  const auto differing = differing_settings(runs);
  const auto names = named_settings(runs, differing);
  std::vector<Settings> columns(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const auto& [key, value] : differing[i]) {
      const auto name = names.find(key);
      columns[i].emplace(name == names.end() ? key : name->second,
                         name == names.end() ? value : config::variant_value(value));
    }
    for (const auto& [name, value] : config::variant_values(runs[i].variant)) {
      columns[i].insert_or_assign(name, value);
    }
  }
  return columns;
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
