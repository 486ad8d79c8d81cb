// Which column of a new table is which column of the one that a model was trained on.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "data_prep/tables/preparation.hpp"

namespace cance::prep {

inline constexpr const char* kOfRun = "those that the run was trained on";
inline constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

/// Columns of the raw table that the user names, beside those of the preparation; may be empty.
struct NamedColumns {
  std::string id = {};     ///< names rows (--id)
  std::string label = {};  ///< labels rows (--label)
};

struct ColumnPlaces {
  std::vector<std::size_t> columns;  ///< of each raw column; kNowhere for one that is not needed
  std::size_t id = kNowhere, label = kNowhere;  ///< of the columns that the user names
};

/// By name; a table without names (`names` empty), or with names nobody knows where the preparation
/// is of one without, by place, with all raw columns, all but the
/// label, or those that are used. Columns that were left out, and those without a name, may be
/// there or not. Error, with `where`: what is missing and what is not known, with the nearest
/// names; `of` says whose columns they are not.
[[nodiscard]] ColumnPlaces match_columns(const std::string& where,
                                         const std::vector<std::string>& names, std::size_t count,
                                         const Preparation& preparation, const NamedColumns& named,
                                         const std::string& of = kOfRun);

}  // namespace cance::prep
