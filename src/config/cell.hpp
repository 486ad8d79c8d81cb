// The cells of a grid and their names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"

namespace cance::config {

/// One unit of work: a dataset, a protocol, a case and a seed.
struct Cell {
  std::string dataset;
  std::string protocol;
  Classes classes;  ///< of the case; none: the dataset says by itself what is normal
  int seed = 0;

  [[nodiscard]] std::string case_name() const;  ///< "class3", "class0+8", "all"
  [[nodiscard]] std::string name() const;       ///< "mnist/unimodal/class3/seed0"
};

/// Cases as a text says them: "0-9", "0+1,0+8", "all"; nothing where it does not.
[[nodiscard]] std::optional<std::vector<Classes>> parse_cases(const std::string& text);
[[nodiscard]] std::string cases_text(const std::vector<Classes>& cases);

/// Whether the protocol's cases are classes; the others have the one case "all".
[[nodiscard]] bool has_class_cases(const std::string& protocol);

/// All cells, cases inner, then protocols, seeds outer: one seed of every case is done first.
[[nodiscard]] std::vector<Cell> grid_cells(const GridSettings& grid);

/// The cells whose name, or a tail of it ("class3/seed0"), matches a shell pattern.
[[nodiscard]] std::vector<Cell> matching_cells(const std::vector<Cell>& cells,
                                               const std::string& pattern);

/// The settings of one cell: those of the grid with this protocol, case and seed alone.
[[nodiscard]] Config cell_config(const Config& config, const Cell& cell);

}  // namespace cance::config
