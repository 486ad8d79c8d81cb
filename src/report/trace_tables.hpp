// Tables that say how a result came about: conditioning, noise scales and time; programs, settings,
// machines; the list of cells.
#pragma once

#include <string>

#include "report/gather.hpp"
#include "report/tables.hpp"

namespace cance::report {

/// cond(S(z)), learned noise scales a and seconds by case: means over seeds, and the largest.
[[nodiscard]] Table conditioning_table(const Group& group);
/// Seeds, epochs, kept epoch and seconds of every stage of training, those of the representation
/// first; methods without epochs too.
[[nodiscard]] Table training_table(const Group& group);
/// Programs, settings and machines of the cells, each with the number of cells that used it.
[[nodiscard]] Table software_table(const Group& group);
/// Every cell with its seed, lead metric by method, rows, settings hash, commit and file.
[[nodiscard]] Table cells_table(const Group& group);

/// The first digits of a hash, enough to tell settings apart.
[[nodiscard]] std::string short_hash(const std::string& hash);

}  // namespace cance::report
