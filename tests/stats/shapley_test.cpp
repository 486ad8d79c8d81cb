// Shapley values of columns beside closed forms, and beside the definition.
#include "stats/shapley.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace cance::stats {
namespace {

constexpr std::size_t kMost = 7;  // rows at a time: divides nothing here

/// f of every row, and no more rows than asked for.
ScoreOfRows each(std::size_t width, const std::function<double(std::span<const float>)>& f) {
  return [=](std::span<const float> rows) {
    EXPECT_LE(rows.size(), kMost * width);
    std::vector<double> scores;
    for (std::size_t i = 0; i < rows.size(); i += width) {
      scores.push_back(f(rows.subspan(i, width)));
    }
    return scores;
  };
}

/// Numbers between -1 and 1 without a pattern.
std::vector<float> numbers(std::size_t count, double start) {
  std::vector<float> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(static_cast<float>(std::sin(start + 7.3 * static_cast<double>(i))));
  }
  return all;
}

std::vector<std::size_t> single(std::size_t width) {
  std::vector<std::size_t> ends(width);
  std::iota(ends.begin(), ends.end(), 1);
  return ends;
}

struct Case {
  std::size_t width, rows, base;
  std::function<double(std::span<const float>)> f;
  std::vector<float> x = numbers(rows * width, 1), b = numbers(base * width, 2);

  [[nodiscard]] std::vector<double> scores(const std::vector<float>& of) const {
    std::vector<double> all;
    for (std::size_t i = 0; i < of.size(); i += width) {
      all.push_back(f(std::span(of).subspan(i, width)));
    }
    return all;
  }
  [[nodiscard]] Matrix<double> values(const std::vector<std::size_t>& ends) const {
    return shapley_values(each(width, f), x, scores(x), {b, scores(b)}, ends, kMost);
  }
};

/// sum_i w_i x_i + sum_(i<j) a_ij x_i x_j.
double quadratic(std::span<const float> x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += (1.0 + static_cast<double>(i)) * x[i];
    for (std::size_t j = i + 1; j < x.size(); ++j) {
      sum += std::cos(static_cast<double>(i + 3 * j)) * x[i] * x[j];
    }
  }
  return sum;
}

double twisted(std::span<const float> x) {
  double product = 1;
  for (const float value : x) {
    product *= 1.5 + value;
  }
  return std::exp(x[0] * x[1]) + product;
}

TEST(ShapleyTest, OfAQuadraticScoreIsTheClosedForm) {
  for (const std::size_t width : {4U, 9U}) {  // exact, and by antithetic orders
    const Case c{width, 3, 5, quadratic};
    const auto values = c.values(single(width));
    for (std::size_t row = 0; row < c.rows; ++row) {
      for (std::size_t i = 0; i < width; ++i) {
        double expected = 0;
        for (std::size_t k = 0; k < c.base; ++k) {
          double slope = 1.0 + static_cast<double>(i);
          for (std::size_t j = 0; j < width; ++j) {
            const double a =
                i == j ? 0 : std::cos(static_cast<double>(std::min(i, j) + 3 * std::max(i, j)));
            slope += a * (c.x[row * width + j] + c.b[k * width + j]) / 2;
          }
          expected +=
              slope * (c.x[row * width + i] - c.b[k * width + i]) / static_cast<double>(c.base);
        }
        EXPECT_NEAR(values(row, i), expected, 1e-6) << width << " " << row << " " << i;
      }
    }
  }
}

TEST(ShapleyTest, OfFewColumnsIsTheMeanOverAllOrders) {
  const Case c{4, 2, 3, twisted};
  const auto values = c.values(single(4));
  for (std::size_t row = 0; row < c.rows; ++row) {
    std::vector<double> expected(4);
    std::vector<std::size_t> order{0, 1, 2, 3};
    do {
      for (std::size_t k = 0; k < c.base; ++k) {
        std::vector<float> mixed(c.b.begin() + static_cast<std::ptrdiff_t>(4 * k),
                                 c.b.begin() + static_cast<std::ptrdiff_t>(4 * k + 4));
        for (const std::size_t column : order) {
          const double before = twisted(mixed);
          mixed[column] = c.x[4 * row + column];
          expected[column] += (twisted(mixed) - before) / (24.0 * 3);
        }
      }
    } while (std::ranges::next_permutation(order).found);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(values(row, i), expected[i], 1e-12);
    }
  }
}

TEST(ShapleyTest, SumsToTheScoreMinusTheMeanOfTheBackground) {
  // One column alone, several, many, and columns of several numbers.
  for (const auto& ends : {std::vector<std::size_t>{12}, {3, 4, 12}, single(12)}) {
    const Case c{12, 4, 6, twisted};
    const auto values = c.values(ends);
    const auto scores = c.scores(c.x);
    const auto base = c.scores(c.b);
    const double mean = std::accumulate(base.begin(), base.end(), 0.0) / 6;
    for (std::size_t row = 0; row < c.rows; ++row) {
      const auto own = values.row(row);
      EXPECT_NEAR(std::accumulate(own.begin(), own.end(), 0.0), scores[row] - mean,
                  1e-6 * std::abs(scores[row] - mean));
    }
  }
}

TEST(ShapleyTest, OfARowWithoutAScoreIsNone) {
  const Case c{3, 2, 2, quadratic};
  auto scores = c.scores(c.x);
  scores[0] = std::numeric_limits<double>::quiet_NaN();
  const auto values =
      shapley_values(each(3, quadratic), c.x, scores, {c.b, c.scores(c.b)}, single(3), kMost);
  EXPECT_TRUE(std::ranges::all_of(values.row(0), [](double v) { return std::isnan(v); }));
  const auto all = c.values(single(3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(values(1, i), all(1, i), 1e-12);
  }
}

}  // namespace
}  // namespace cance::stats
