#include "stats/shapley.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.hpp"

namespace cance::stats {
namespace {

constexpr std::size_t kExactColumns = 5;

/// |S|! (k - |S| - 1)! / k!: the share of the orders of k columns in which exactly those of S come
/// before a given other one.
double share_of_orders(std::size_t before, std::size_t k) {
  double share = 1.0 / static_cast<double>(k);
  for (std::size_t i = 1; i <= before; ++i) {
    share *= static_cast<double>(i) / static_cast<double>(k - i);
  }
  return share;
}

/// Collects mixed rows with the weights of their scores in the values of columns.
class MixedRows {
 public:
  MixedRows(const ScoreOfRows& score, std::span<const std::size_t> ends, std::size_t most,
            Matrix<double>& values)
      : score_(score), ends_(ends), most_(most), values_(values) {}

  /// Every row of `base` with the columns of every set but none and all from `row`.
  void add_sets(std::size_t number, std::span<const float> row, std::span<const float> base,
                double weight) {
    const std::size_t k = ends_.size();
    for (std::size_t set = 1; set + 1 < std::size_t{1} << k; ++set) {
      std::vector<float> mixed(base.begin(), base.end());
      const auto size = static_cast<std::size_t>(std::popcount(set));
      std::vector<Part> parts;
      for (std::size_t column = 0; column < k; ++column) {
        const bool in = (set >> column & 1U) != 0;
        parts.push_back(
            {column, weight * (in ? share_of_orders(size - 1, k) : -share_of_orders(size, k))});
        if (in) {
          copy_column(column, row, mixed);
        }
      }
      add(number, mixed, std::move(parts));
    }
  }

  /// The columns of `base` become those of `row` in this order.
  void add_order(std::size_t number, std::span<const float> row, std::span<const float> base,
                 std::span<const std::int64_t> order, double weight) {
    std::vector<float> mixed(base.begin(), base.end());
    for (std::size_t i = 0; i + 1 < order.size(); ++i) {
      const auto column = static_cast<std::size_t>(order[i]);
      copy_column(column, row, mixed);
      add(number, mixed, {{column, weight}, {static_cast<std::size_t>(order[i + 1]), -weight}});
    }
  }

  void finish() {
    if (waiting_.empty()) {
      return;
    }
    const std::vector<double> scores = score_(rows_);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      for (const Part& part : waiting_[i].parts) {
        values_(waiting_[i].number, part.column) += part.weight * scores[i];
      }
    }
    rows_.clear();
    waiting_.clear();
  }

 private:
  struct Part {
    std::size_t column;
    double weight;
  };
  struct Waiting {
    std::size_t number;  // of the row
    std::vector<Part> parts;
  };

  void copy_column(std::size_t column, std::span<const float> row, std::vector<float>& mixed) {
    for (std::size_t i = column == 0 ? 0 : ends_[column - 1]; i < ends_[column]; ++i) {
      mixed[i] = row[i];
    }
  }

  void add(std::size_t number, const std::vector<float>& mixed, std::vector<Part> parts) {
    rows_.insert(rows_.end(), mixed.begin(), mixed.end());
    waiting_.push_back({number, std::move(parts)});
    if (waiting_.size() >= most_) {
      finish();
    }
  }

  const ScoreOfRows& score_;
  std::span<const std::size_t> ends_;
  std::size_t most_;
  Matrix<double>& values_;
  std::vector<float> rows_;
  std::vector<Waiting> waiting_;
};

/// For each background row an order of the columns.
std::vector<std::vector<std::int64_t>> drawn_orders(std::size_t rows, std::size_t columns) {
  std::vector<std::vector<std::int64_t>> orders;
  for (std::size_t i = 0; i < rows; ++i) {
    orders.push_back(Random(/*seed=*/0, Purpose::shuffle, i).permutation(columns));
  }
  return orders;
}

}  // namespace

double Background::mean_score() const {
  double mean = 0;
  for (const double score : scores) {
    mean += score / static_cast<double>(scores.size());
  }
  return mean;
}

Matrix<double> shapley_values(const ScoreOfRows& score, std::span<const float> rows,
                              std::span<const double> scores, const Background& background,
                              std::span<const std::size_t> ends, std::size_t most) {
  const std::size_t k = ends.size();
  const std::size_t width = ends.back();
  const std::size_t b = background.scores.size();
  const bool exact = k <= kExactColumns;
  const auto orders = drawn_orders(b, k);
  const double weight = 1.0 / static_cast<double>(b);
  Matrix<double> values(scores.size(), k);
  MixedRows mixed(score, ends, most, values);
  for (std::size_t number = 0; number < scores.size(); ++number) {
    if (std::isnan(scores[number])) {
      std::ranges::fill(values.row(number), std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const auto row = rows.subspan(number * width, width);
    for (std::size_t i = 0; i < b; ++i) {
      const auto base = std::span(background.rows).subspan(i * width, width);
      if (exact) {
        const double share = weight * share_of_orders(k - 1, k);
        for (double& value : values.row(number)) {
          value += share * (scores[number] - background.scores[i]);
        }
        mixed.add_sets(number, row, base, weight);
        continue;
      }
      std::vector<std::int64_t> order = orders[i];
      for (int turn = 0; turn < 2; ++turn) {
        values(number, static_cast<std::size_t>(order.back())) += weight / 2 * scores[number];
        values(number, static_cast<std::size_t>(order.front())) -=
            weight / 2 * background.scores[i];
        mixed.add_order(number, row, base, order, weight / 2);
        std::ranges::reverse(order);
      }
    }
  }
  mixed.finish();
  return values;
}

}  // namespace cance::stats
