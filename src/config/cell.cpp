#include "config/cell.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace cance::config {

std::string Cell::case_name() const { return fmt::format("class{}", case_number); }

std::string Cell::name() const {
  return fmt::format("{}/{}/{}/seed{}", dataset, protocol, case_name(), seed);
}

std::vector<Cell> grid_cells(const GridOptions& grid) {
  std::vector<Cell> cells;
  for (const int seed : grid.seeds) {
    for (const int case_number : grid.cases) {
      cells.push_back({grid.dataset, grid.protocol, case_number, seed});
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
  own.grid.cases = {cell.case_number};
  own.grid.seeds = {cell.seed};
  return own;
}

}  // namespace cance::config
