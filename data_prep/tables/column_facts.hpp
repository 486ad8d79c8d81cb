// What one reading of a column of a table finds, and what should become of the column.
#pragma once

#include <limits>
#include <string>
#include <unordered_set>

#include "data_prep/tables/row_encoder.hpp"
#include "data_prep/tables/table_source.hpp"

namespace cance::prep {

/// How many of the numbers are the same as another one once `offset` is taken away and 32 bits keep
/// them.
[[nodiscard]] std::size_t merged_of(const std::unordered_set<double>& numbers, double offset);

struct ColumnFacts {
  std::size_t numbers = 0, texts = 0, missing = 0;  ///< rows
  std::string first_missing, first_text;            ///< their places
  std::string missing_word;                         ///< the first that stands for a missing value
  Texts categories;  ///< distinct values, kMostCategories + 1 of them at most
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -std::numeric_limits<double>::infinity();
  bool rising = true;              ///< by 1 from row to row, from 0 or 1, in each part anew
  bool part_begins = true;         ///< no number of the part was read
  std::size_t normal_numbers = 0;  ///< numbers of the normal rows to train on
  double normal_mean = 0;          ///< of these

  std::size_t rounded = 0;  ///< whole numbers beyond 2^53 that lost digits
  std::size_t marked = 0;   ///< texts that are numbers but for %, a currency or a mark of thousands
  std::size_t decimal_commas = 0;     ///< and those with a comma in the place of the point
  std::size_t comma_numbers = 0;      ///< numbers with a decimal comma
  std::size_t points = 0;             ///< numbers with a point
  std::size_t unclear_points = 0;     ///< of these that may mark thousands, as in 1.234
  std::size_t grouped = 0;            ///< texts as 1.234.567
  std::size_t dates = 0;              ///< texts as 2024-12-31, 31.12.2024 or 12/31/24, with a time
  std::unordered_set<double> sample;  ///< the first kSample different numbers
  double last = 0;                    ///< number so far

  void add(const RawCell& cell, const RowSource& row, bool training_normal);
  /// Numbers the rows of each part.
  [[nodiscard]] bool counts_rows() const { return rising && missing + texts == 0 && numbers > 2; }
  /// Of the sample.
  [[nodiscard]] std::size_t merged(double offset) const { return merged_of(sample, offset); }
  /// Missing throughout.
  [[nodiscard]] bool empty() const { return numbers + texts == 0; }
  /// One and the same value in every row.
  [[nodiscard]] bool constant() const {
    return missing == 0 && (texts == 0 ? lowest == highest : categories.size() == 1);
  }
};

/// Numbers of a column that are compared, and the share of them that may be merged unsaid.
inline constexpr std::size_t kSample = 4096;
inline constexpr double kMergedUnsaid = .001;
inline constexpr std::size_t kMostCategories = 1000;
/// What is to be taken from numbers of which these differ so that 32 bits keep them apart; 0 where
/// they do already.
[[nodiscard]] double needed_offset(const std::unordered_set<double>& sample);
/// More different texts than this and than this share of the rows that have one: an identifier.
inline constexpr std::size_t kFewTexts = 20;
inline constexpr double kMostTextsPerRow = .5;

/// What the user says of a column.
struct ColumnWishes {
  bool categorical = false;  ///< one-hot whatever it holds
  bool dropped = false;
  bool fills = false;       ///< missing values are filled, not refused
  std::string python = {};  ///< the Python that reads the table, for advice
};

/// A column without a single number becomes one-hot (or where `categorical`), one with numbers
/// only a number, whose missing values are filled by the mean of the normal rows, one that is
/// missing throughout (or `dropped`) is left out. Where 32 bits would merge different numbers of a
/// column, the median of those is its offset. Errors, with place and column: numbers mixed
/// with text, numbers with signs, a missing value unless `fills`, over kMostCategories texts, an
/// identifier unless `categorical`, no normal row to fill from.
[[nodiscard]] RawColumn plan_column(const std::string& file, const std::string& name,
                                    const ColumnFacts& facts, const ColumnWishes& wishes);

}  // namespace cance::prep
