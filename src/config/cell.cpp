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

std::string Cell::case_name() const {
  return classes.empty() ? "all" : fmt::format("class{}", fmt::join(classes, "+"));
}

std::string Cell::name() const {
  return fmt::format("{}/{}/{}/seed{}", dataset, protocol, case_name(), seed);
}

std::vector<Cell> grid_cells(const GridSettings& grid) {
  const std::vector<Classes> one_case{Classes{}};
  std::vector<Cell> cells;
  for (const int seed : grid.seeds) {
    for (const std::string& protocol : grid.protocols) {
      for (const Classes& classes : has_class_cases(protocol) ? grid.cases : one_case) {
        cells.push_back({grid.dataset, protocol, classes, seed});
      }
    }
  }
  return cells;
}

std::vector<Cell> matching_cells(const std::vector<Cell>& cells, const std::string& pattern) {
  std::vector<Cell> matching;
  for (const Cell& cell : cells) {
    const std::string name = cell.name();
    const std::string tail = fmt::format("{}/seed{}", cell.case_name(), cell.seed);
    if (matches_pattern(name, pattern) || matches_pattern(tail, pattern)) {
      matching.push_back(cell);
    }
  }
  return matching;
}

Config cell_config(const Config& config, const Cell& cell) {
  Config own = config;
  own.grid.protocols = {cell.protocol};
  own.grid.cases = {cell.classes};
  own.grid.seeds = {cell.seed};
  return own;
}

}  // namespace cance::config
