#include "config/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/load.hpp"

namespace cance::config {
namespace {

namespace fs = std::filesystem;

/// The settings files that the paths name: files, and those right in folders, by name.
std::vector<fs::path> settings_files(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<fs::path> own;
    for (const auto& entry : fs::directory_iterator(path)) {
      if (entry.path().extension() == ".cfg") {
        own.push_back(entry.path());
      }
    }
    require(!own.empty(), "{}: no settings file (NAME.cfg) lies in this folder", path.string());
    std::ranges::sort(own);
    files.insert(files.end(), own.begin(), own.end());
  }
  return files;
}

/// "key=v1,v2" of the command line.
Variation variation_of(const std::string& text) {
  const auto equals = text.find('=');
  require(equals != std::string::npos, "--vary {}: expected key=value,value,...", text);
  return parse_variation(trim(text.substr(0, equals)), trim(text.substr(equals + 1)), "--vary");
}

/// The names of the keys in a variant: their last words, or all of them where two end alike.
std::vector<std::string> short_names(const std::vector<Variation>& variations) {
  std::map<std::string, int> count;
  const auto last = [](const std::string& key) { return key.substr(key.rfind('.') + 1); };
  for (const Variation& variation : variations) {
    ++count[last(variation.key)];
  }
  std::vector<std::string> names;
  for (const auto& [key, values] : variations) {
    names.push_back(count[last(key)] > 1 ? key : last(key));
  }
  return names;
}

std::string variant_name(const std::vector<std::string>& names,
                         const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += fmt::format("{}{}={}", i == 0 ? "" : ",", names[i], variant_value(values[i]));
  }
  return text;
}

/// The values that a config has for the keys of a sweep, as its table prints them.
std::vector<std::string> own_values(const Config& config,
                                    const std::vector<Variation>& variations) {
  std::vector<std::string> values;
  for (const Variation& variation : variations) {
    values.push_back(value_of(config, variation.key));
  }
  return values;
}

/// Every combination of the values, the last key innermost. Error: too many.
std::vector<std::vector<std::string>> combinations(const std::vector<Variation>& variations) {
  constexpr std::size_t kMost = 10'000;
  std::size_t count = 1;
  for (const Variation& variation : variations) {
    count *= variation.values.size();
    require(
        count <= kMost,
        "the values of the keys that vary make more than {} variants; vary fewer keys at a time",
        kMost);
  }
  std::vector<std::vector<std::string>> all{{}};
  for (const Variation& variation : variations) {
    std::vector<std::vector<std::string>> longer;
    for (const auto& start : all) {
      for (const std::string& value : variation.values) {
        longer.push_back(start);
        longer.back().push_back(value);
      }
    }
    all = std::move(longer);
  }
  return all;
}

void add_experiments(std::vector<Experiment>& experiments, const fs::path& file,
                     const std::vector<std::string>& overrides,
                     const std::vector<Variation>& given) {
  std::vector<Variation> variations;
  const Config config = load_config(file, overrides, variations);
  for (const Variation& own : given) {
    std::erase_if(variations, [&](const Variation& other) { return other.key == own.key; });
    variations.push_back(own);
  }
  for (const Variation& variation : variations) {
    const std::string own = value_of(config, variation.key);
    const bool set = std::ranges::any_of(overrides, [&](const std::string& text) {
      return trim(text.substr(0, text.find('='))) == variation.key;
    });
    require(!set || contains(variation.values, own),
            "{}: --set {}={}: the sweep gives it {} and no run would have it; take one of the two "
            "out",
            file.string(), variation.key, own, join(variation.values, "; "));
  }
  const auto names = short_names(variations);
  const std::string usual = variant_name(names, own_values(config, variations));
  for (const auto& values : combinations(variations)) {
    Experiment experiment{file.string(), variant_name(names, values), usual, config};
    for (std::size_t i = 0; i < values.size(); ++i) {
      set_value(experiment.config, variations[i].key, values[i]);
    }
    experiments.push_back(std::move(experiment));
  }
}

/// The settings of a cell as they are trained.
std::string trained_text(const Experiment& experiment, const Cell& cell) {
  return config_text(trained_config(cell_config(experiment.config, cell)));
}

}  // namespace

std::vector<Experiment> load_experiments(const std::vector<fs::path>& paths,
                                         const std::vector<std::string>& overrides,
                                         const std::vector<std::string>& vary) {
  std::vector<Experiment> experiments;
  std::vector<std::string> faults;
  std::vector<Variation> variations;
  for (const std::string& text : vary) {
    Variation own = variation_of(text);
    const bool twice = contains(variations, own.key, &Variation::key);
    require(!twice, "--vary {}: given twice; list all of its values in one", own.key);
    variations.push_back(std::move(own));
  }
  for (const fs::path& file : settings_files(paths)) {
    try {
      add_experiments(experiments, file, overrides, variations);
    } catch (const Error& error) {
      if (!contains(faults, error.what())) {
        faults.emplace_back(error.what());
      }
    }
  }
  require(faults.empty(), "{}", join(faults, "\n  "));
  return experiments;
}

std::vector<std::pair<std::string, std::string>> whole_settings(
    const std::vector<fs::path>& paths) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const fs::path& file : settings_files(paths)) {
    std::vector<Variation> variations;
    std::string text = config_text(load_config(file, {}, variations), /*whole=*/true);
    for (std::size_t i = 0; i < variations.size(); ++i) {
      text += fmt::format("{}{} = {};\n", i == 0 ? "\n[vary]\n" : "", variations[i].key,
                          join(variations[i].values, ";"));
    }
    std::string name = file.stem().string();
    const auto taken = [&] {
      return contains(all, name + ".cfg", &std::pair<std::string, std::string>::first);
    };
    while (taken()) {
      name += "-2";
    }
    all.emplace_back(name + ".cfg", std::move(text));
  }
  return all;
}

std::vector<GridCell> grid_cells(const std::vector<Experiment>& experiments) {
  std::vector<GridCell> cells;
  std::map<std::string, std::size_t> owners;  // name -> experiment
  std::set<std::pair<std::size_t, std::size_t>> compared;
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    for (Cell& cell : grid_cells(experiments[i].config.grid)) {
      cell.variant = experiments[i].variant;
      const auto [place, fresh] = owners.emplace(cell.name(), i);
      if (fresh) {
        cells.push_back({std::move(cell), i});
        continue;
      }
      const Experiment& first = experiments[place->second];
      if (compared.emplace(place->second, i).second) {
        const std::string before = trained_text(first, cell);
        const std::string after = trained_text(experiments[i], cell);
        if (before != after) {
          fail("{} and {} give the cell {} different settings ({}); give each its own --out",
               first.origin, experiments[i].origin, cell.name(), config_difference(before, after));
        }
      }
    }
  }
  return cells;
}

}  // namespace cance::config
