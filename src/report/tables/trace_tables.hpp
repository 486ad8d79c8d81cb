// Tables that say how a result came about: conditioning, noise scales and time; programs, settings,
// machines; the list of cells.
#pragma once

#include <filesystem>
#include <string>

#include "report/document/table.hpp"
#include "report/runs/gather.hpp"

namespace cance::report {

/// cond(S(z)), learned noise scales a and seconds by case: means over seeds, and the largest.
[[nodiscard]] TextTable conditioning_table(const CellGroup& group);
/// Seeds, epochs, kept epoch and seconds of every stage of training, those of the representation
/// first; methods without epochs too.
[[nodiscard]] TextTable training_table(const CellGroup& group);
/// Programs, settings and machines of the cells, each with the number of cells that used it.
[[nodiscard]] TextTable software_table(const CellGroup& group);
/// Every cell with its seed, lead metric by method, rows, settings hash, commit and file.
/// `folder` is where the page will lie that links to the files.
[[nodiscard]] TextTable cells_table(const CellGroup& group, const std::filesystem::path& folder);

/// The first digits of a hash, enough to tell settings apart.
[[nodiscard]] std::string short_hash(const std::string& hash);

}  // namespace cance::report
