#include "config/cell.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace cance::config {

std::optional<std::vector<Classes>> parse_cases(const std::string& text) {
  if (text == "all") {
    return std::vector<Classes>{Classes{}};
  }
  std::vector<Classes> cases;
  for (const std::string& item : split(text, ',')) {
    std::string list = item;
    std::ranges::replace(list, '+', ',');
    const bool together = list != item;
    const auto classes = parse_number_list(list);
    if (!classes || classes->empty() || (together && item.find('-') != std::string::npos)) {
      return std::nullopt;
    }
    if (together) {
      cases.push_back(*classes);
    } else {
      std::ranges::transform(*classes, std::back_inserter(cases), [](int k) { return Classes{k}; });
    }
  }
  std::ranges::sort(cases);
  cases.erase(std::unique(cases.begin(), cases.end()), cases.end());
  return cases;
}

std::string cases_text(const std::vector<Classes>& cases) {
  std::vector<std::string> texts;
  for (const Classes& classes : cases) {
    texts.push_back(classes.empty() ? "all" : fmt::format("{}", fmt::join(classes, "+")));
  }
  return join(texts, ",");
}

bool has_class_cases(const std::string& protocol) {
  return protocol == "unimodal" || protocol == "bimodal" || protocol == "multimodal";
}

bool is_table_rule(const std::string& protocol) {
  return protocol == "goad" || protocol == "dagmm" || protocol == "drocc";
}

bool draws_test_rows(const std::string& protocol) {
  return is_table_rule(protocol) || protocol == "fit";
}

std::string Cell::case_name() const {
  return classes.empty() ? "all" : fmt::format("class{}", fmt::join(classes, "+"));
}

std::string Cell::name() const {
  return fmt::format("{}{}{}/{}/{}/seed{}", variant, variant.empty() ? "" : "/", dataset, protocol,
                     case_name(), seed);
}

std::string variant_of(const std::string& cell) {
  const std::string first = cell.substr(0, cell.find('/'));
  return first.find('=') == std::string::npos ? "" : first;  // no data set is named so
}

std::vector<std::pair<std::string, std::string>> variant_values(const std::string& variant) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const std::string& part : split(variant, ',')) {
    if (const auto equals = part.find('='); equals != std::string::npos) {
      values.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    }
  }
  return values;
}

Cell without_variant(Cell cell) {
  cell.variant.clear();
  return cell;
}

std::string without_variant(const std::string& cell) {
  const std::string variant = variant_of(cell);
  return variant.empty() ? cell : cell.substr(variant.size() + 1);
}

bool is_ensemble_variant(const std::string& variant) { return variant.starts_with("ensemble="); }

bool names_key(const std::string& name, const std::string& key) {
  return name == key || name == key.substr(key.rfind('.') + 1);
}

std::string variant_value(std::string value) {
  std::ranges::replace(value, ',', '+');
  return value;
}

bool says(const std::string& variant, const std::string& key, const std::string& value) {
  return std::ranges::any_of(variant_values(variant), [&](const auto& pair) {
    return names_key(pair.first, key) && pair.second == variant_value(value);
  });
}

std::vector<Cell> grid_cells(const GridSettings& grid) {
  const std::vector<Classes> one_case{Classes{}};
  std::vector<Cell> cells;
  for (const int seed : grid.seeds) {
    for (const std::string& dataset : grid.datasets) {
      for (const std::string& protocol : grid.protocols) {
        for (const Classes& classes : has_class_cases(protocol) ? grid.cases : one_case) {
          cells.push_back({dataset, protocol, classes, seed});
        }
      }
    }
  }
  return cells;
}

bool matches(const Cell& cell, const std::string& pattern) {
  const std::string tail = fmt::format("{}/seed{}", cell.case_name(), cell.seed);
  return matches_pattern(cell.name(), pattern) ||
         matches_pattern(without_variant(cell).name(), pattern) || matches_pattern(tail, pattern);
}

Config cell_config(const Config& config, const Cell& cell) {
  Config own = config;
  own.grid.datasets = {cell.dataset};
  own.grid.protocols = {cell.protocol};
  own.grid.cases = {cell.classes};
  own.grid.seeds = {cell.seed};
  own.grid.ensembles.clear();
  return own;
}

}  // namespace cance::config
