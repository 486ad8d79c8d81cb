// The cells of a grid and their names.
#pragma once

#include <string>
#include <vector>

#include "config/options.hpp"

namespace cance::config {

/// One unit of work: a dataset, a protocol, a case (class k) and a seed.
struct Cell {
  std::string dataset;
  std::string protocol;
  int case_number = 0;
  int seed = 0;

  [[nodiscard]] std::string case_name() const;  ///< "class3"
  [[nodiscard]] std::string name() const;       ///< "mnist/unimodal/class3/seed0"
};

/// All cells, cases inner, seeds outer: one seed of every case is done first.
[[nodiscard]] std::vector<Cell> grid_cells(const GridOptions& grid);

/// The cells whose name, or a tail of it ("class3/seed0"), matches a shell pattern.
[[nodiscard]] std::vector<Cell> matching_cells(const std::vector<Cell>& cells,
                                               const std::string& pattern);

/// The settings of one cell: those of the grid with this case and seed alone.
[[nodiscard]] Config cell_config(const Config& config, const Cell& cell);

}  // namespace cance::config
