// What becomes of a user's table: found by reading it once, printed, then written.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data_prep/prep_summary.hpp"
#include "data_prep/tables/column_facts.hpp"
#include "data_prep/tables/table_source.hpp"

namespace cance::prep {

enum class Missing { refuse, mean, median };

struct TableOptions {
  TableFiles files;
  std::string name;                      ///< of the set
  std::vector<std::string> normal;       ///< labels of normal rows; empty: 0, with 1 anomalous
  std::vector<std::string> categorical;  ///< columns to be one-hot whatever they hold
  std::vector<std::string> drop;         ///< columns to leave out
  Missing missing = Missing::refuse;
};

struct TablePlan {
  TableOptions options;
  std::vector<TablePart> parts;
  std::vector<RawColumn> columns = {};  ///< of the raw table; the label is left out
  std::vector<ColumnFacts> facts = {};  ///< of the same columns, over all parts
  std::vector<PartCounts> counts = {};  ///< rows by part, normal and anomalous
  /// Names of the classes: "normal", then "anomalous" or, where anomalies have several labels (up
  /// to a hundred), those.
  std::vector<std::string> classes = {};
};

/// Reads the table (twice for medians) and decides as plan_column. The categories are those of all
/// parts; mean and median are those of the normal rows of "all" or "train". Errors, with file, row
/// and column: whatever open_table and plan_column refuse, no rows, a label that is missing or,
/// without `normal`, neither 0 nor 1, a label of `normal` that no row has, a column of
/// `categorical` or `drop` that is not there.
[[nodiscard]] TablePlan plan_table(const TableOptions& options);

/// Lines that say what was found and what becomes of it.
[[nodiscard]] std::vector<std::string> describe(const TablePlan& plan);

/// Writes the dataset file. A missing category has no 1 in any of its columns.
PrepSummary write_table(const TablePlan& plan, const std::filesystem::path& out);

}  // namespace cance::prep
