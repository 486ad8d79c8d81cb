#include "stats/principal.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "base/error.hpp"

namespace cance::stats {
namespace {

constexpr int kMostSteps = 500;
constexpr double kSettled = 1e-13;  ///< 1 - cosine between two steps

std::vector<double> product(const Matrix<double>& matrix, const std::vector<double>& vector) {
  std::vector<double> result(matrix.rows());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const auto row = matrix.row(i);
    result[i] = std::inner_product(row.begin(), row.end(), vector.begin(), 0.0);
  }
  return result;
}

double length(const std::vector<double>& vector) {
  return std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
}

/// Takes away what lies along the axes found so far; false where next to nothing is left.
bool orthogonalise(std::vector<double>& vector, const std::vector<std::vector<double>>& axes) {
  const double before = length(vector);
  for (int pass = 0; pass < 2; ++pass) {  // twice is enough against cancellation
    for (const auto& axis : axes) {
      const double along = std::inner_product(axis.begin(), axis.end(), vector.begin(), 0.0);
      for (std::size_t i = 0; i < vector.size(); ++i) {
        vector[i] -= along * axis[i];
      }
    }
  }
  constexpr double kNothing = 1e-10;
  return length(vector) > kNothing * before;
}

/// A start that no axis of a matrix from data is orthogonal to: fractions of multiples of the
/// golden ratio; where that lies in the axes found so far, a unit vector that does not.
std::vector<double> start_vector(std::size_t n, const std::vector<std::vector<double>>& axes) {
  std::vector<double> start(n);
  for (std::size_t i = 0; i < n; ++i) {
    start[i] = 0.5 + std::fmod(static_cast<double>(i) * std::numbers::phi, 1.0);
  }
  for (std::size_t i = 0; !orthogonalise(start, axes) && i < n; ++i) {
    std::ranges::fill(start, 0.0);
    start[i] = 1;
  }
  return start;
}

void normalise(std::vector<double>& vector) {
  const double size = length(vector);
  std::ranges::for_each(vector, [size](double& value) { value /= size; });
}

/// Unit eigenvector of the largest eigenvalue among those orthogonal to the axes found so far.
std::vector<double> next_axis(const Matrix<double>& matrix,
                              const std::vector<std::vector<double>>& axes) {
  std::vector<double> axis = start_vector(matrix.rows(), axes);
  normalise(axis);
  double gap = 1;
  for (int step = 0; step < kMostSteps && gap > kSettled; ++step) {
    std::vector<double> next = product(matrix, axis);
    if (!orthogonalise(next, axes)) {
      break;  // nothing varies any more
    }
    normalise(next);
    gap = 1 - std::inner_product(axis.begin(), axis.end(), next.begin(), 0.0);
    axis = std::move(next);
  }
  const double sign =
      *std::ranges::max_element(axis, {}, [](double v) { return std::abs(v); }) < 0 ? -1 : 1;
  std::ranges::for_each(axis, [sign](double& value) { value *= sign; });
  return axis;
}

}  // namespace

Matrix<double> leading_axes(const Matrix<double>& symmetric, std::size_t count) {
  const std::size_t n = symmetric.rows();
  require(symmetric.cols() == n && count <= n,
          "{} axes of a {} by {} matrix: expected a square one", count, n, symmetric.cols());
  std::vector<std::vector<double>> axes;
  Matrix<double> rows(count, n);
  for (std::size_t k = 0; k < count; ++k) {
    axes.push_back(next_axis(symmetric, axes));
    std::ranges::copy(axes.back(), rows.row(k).begin());
  }
  return rows;
}

}  // namespace cance::stats
