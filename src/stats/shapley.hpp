// How the columns of a row share out its score.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/matrix.hpp"

namespace cance::stats {

/// Scores of rows that stand one after another.
using ScoreOfRows = std::function<std::vector<double>(std::span<const float> rows)>;

/// Rows that others are compared with, of at least one, one after another, and their scores.
struct Background {
  std::vector<float> rows;
  std::vector<double> scores;
  [[nodiscard]] double mean_score() const;
};

/// Shapley values (Shapley 1953) of columns for each row, (rows, columns): the change of the score
/// when a column goes from its value in a background row to that in the row, averaged over the
/// background and over the orders in which columns may do so. `ends` of the columns: a column is
/// the numbers of a row from the end of the one before it to its own. Exact for five columns or
/// fewer; of more an order and its reverse (antithetic) are drawn for each background row, which is
/// exact where the score is a sum of functions of two columns. A row's values sum to its score
/// (`scores`) minus the background's mean score; a row whose score is NaN has NaN. `score` gets
/// `most` rows at a time.
[[nodiscard]] Matrix<double> shapley_values(const ScoreOfRows& score, std::span<const float> rows,
                                            std::span<const double> scores,
                                            const Background& background,
                                            std::span<const std::size_t> ends, std::size_t most);

}  // namespace cance::stats
