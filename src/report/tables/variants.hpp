// A sweep: groups of one data set and protocol that differ in a few settings, as a table with tests
// against the default, a line plot of one setting, a heat map of two.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/document/table.hpp"
#include "report/figures/figures.hpp"

namespace cance::report {

struct Sweep {
  std::string dataset, protocol;
  std::vector<std::string> names;          ///< of the settings, as in the variants' names
  std::vector<const CellGroup*> variants;  ///< by their values, numbers in numeric order
  const CellGroup* usual = nullptr;        ///< that with the file's own settings, else the first

  /// What a variant sets for each name; empty where it does not.
  [[nodiscard]] std::vector<std::string> values(const CellGroup& variant) const;
};

/// The sweeps among the groups, each of two variants or more.
[[nodiscard]] std::vector<Sweep> sweeps_of(const std::vector<CellGroup>& groups);
/// The settings that variants of these groups set, by name.
[[nodiscard]] std::vector<std::string> swept_settings(const std::vector<CellGroup>& groups);
/// What a group's variant sets for each of these; empty where it does not.
[[nodiscard]] std::vector<std::string> swept_values(const CellGroup& group,
                                                    const std::vector<std::string>& names);

/// A row a variant and method: its settings, the average of the lead metric over cases, deviation
/// over seeds, cells, and over the cells that both have the mean difference to the default and the
/// two-sided p of Wilcoxon's signed ranks, after Holm's correction over the table.
[[nodiscard]] TextTable variants_table(const Sweep& sweep);
/// Of one setting with numbers: a line a method. Of two: a heat map of the main method. Else none.
[[nodiscard]] std::optional<Figure> variants_figure(const Sweep& sweep);
/// Which settings differ, also beside those of the sweep, and that all others are equal.
[[nodiscard]] std::string equal_settings_note(const Sweep& sweep, const Gathered& gathered);

}  // namespace cance::report
