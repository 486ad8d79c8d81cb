// What tests between methods compare: one value a method in every block (a cell, or a case).
#pragma once

#include <string>
#include <vector>

#include "base/matrix.hpp"
#include "report/runs/gather.hpp"

namespace cance::report {

struct Blocks {
  std::string unit;                       ///< what a block is: "cell" or "case"
  std::vector<std::string> methods;       ///< columns
  std::vector<std::vector<double>> rows;  ///< one a block; NaN where a method has no value

  /// The rows in which every method has a value.
  [[nodiscard]] Matrix<double> complete() const;
};

/// The lead metric of every cell.
[[nodiscard]] Blocks cell_blocks(const CellGroup& group);
/// The lead metric of every case, means over seeds: the seeds of a case share its difficulty, so
/// cases are the independent blocks.
[[nodiscard]] Blocks case_blocks(const CellGroup& group);
/// The cases of all groups, with the methods that every group has.
[[nodiscard]] Blocks case_blocks(const std::vector<CellGroup>& groups);

}  // namespace cance::report
