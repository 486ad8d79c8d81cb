// Tables of scores: a row a case, metric or data set, a column a method of ours or of others.
#pragma once

#include <string>
#include <vector>

#include "report/document/table.hpp"
#include "report/runs/aggregate.hpp"
#include "report/tables/published.hpp"

namespace cance::report {

inline constexpr int kQuotedDigits = 3;  ///< of numbers of others

/// Whether averages of others stand beside that of this group: not where it lacks classes.
[[nodiscard]] bool averages_compare(const CellGroup& group);

/// Our methods, then titles of others.
struct Columns {
  std::vector<std::string> methods, others;

  /// The group's methods, in the order of every table.
  void add(const CellGroup& group);
  /// Others with a value of this metric in one of these cases.
  void add_others(const CellGroup& group, const std::string& metric,
                  const std::vector<std::string>& cases);
};

/// A mean and how many seeds it is a mean of, or a number of others.
struct Score {
  MeanSd value;
  bool quoted = false;
};

struct ScoreRow {
  std::string name;
  std::vector<Score> scores;  ///< by column

  [[nodiscard]] std::size_t seeds() const;
  [[nodiscard]] bool empty() const;
};

/// A metric of one case, or for kAverage of the mean over all cases (of the only case).
[[nodiscard]] ScoreRow score_row(const std::string& name, const CellGroup& group,
                                 const std::string& case_name, const std::string& metric,
                                 const Columns& columns);

/// The highest mean of each row is bold; all that print the same are.
[[nodiscard]] TextTable score_table(const std::string& caption, const std::string& corner,
                                    const Columns& columns, const std::vector<ScoreRow>& rows);
/// A column of texts after the first.
void insert_column(TextTable& table, const std::string& name,
                   const std::vector<std::string>& texts);
/// Adds the rows "average" and "average rank" (1 = best, equal ones share their mean rank) of the
/// columns that have a value in every row, ranks of our methods alone; nothing below two rows.
void add_averages(TextTable& table, const std::vector<ScoreRow>& rows);
/// With the number of seeds of each row beside it, and the longer side down, so that many methods
/// do not make a wide table: then methods are rows, and the seeds are below them.
[[nodiscard]] TextTable with_seeds(TextTable table, const std::vector<std::string>& seeds);

}  // namespace cance::report
