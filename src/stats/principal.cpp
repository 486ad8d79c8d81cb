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

/// A start that no axis of a matrix from data is orthogonal to: fractions of multiples of the
/// golden ratio.
std::vector<double> start_vector(std::size_t n) {
  std::vector<double> start(n);
  for (std::size_t i = 0; i < n; ++i) {
    start[i] = 0.5 + std::fmod(static_cast<double>(i) * std::numbers::phi, 1.0);
  }
  return start;
}

/// Unit eigenvector of the largest eigenvalue.
std::vector<double> leading_axis(const Matrix<double>& matrix) {
  std::vector<double> axis = start_vector(matrix.rows());
  double gap = 1;
  for (int step = 0; step < kMostSteps && gap > kSettled; ++step) {
    const double size = length(axis);
    std::ranges::for_each(axis, [size](double& value) { value /= size; });
    std::vector<double> next = product(matrix, axis);
    const double grown = length(next);
    if (grown == 0) {
      break;
    }
    gap = 1 - std::inner_product(axis.begin(), axis.end(), next.begin(), 0.0) / grown;
    axis = std::move(next);
  }
  const double size = length(axis);
  const double sign =
      *std::ranges::max_element(axis, {}, [](double v) { return std::abs(v); }) < 0 ? -1 : 1;
  std::ranges::for_each(axis, [=](double& value) { value *= sign / size; });
  return axis;
}

}  // namespace

Matrix<double> leading_axes(Matrix<double> symmetric, std::size_t count) {
  const std::size_t n = symmetric.rows();
  require(symmetric.cols() == n && count <= n,
          "{} axes of a {} by {} matrix: expected a square one", count, n, symmetric.cols());
  Matrix<double> axes(count, n);
  for (std::size_t k = 0; k < count; ++k) {
    const std::vector<double> axis = leading_axis(symmetric);
    std::ranges::copy(axis, axes.row(k).begin());
    const std::vector<double> image = product(symmetric, axis);
    const double value = std::inner_product(axis.begin(), axis.end(), image.begin(), 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        symmetric(i, j) -= value * axis[i] * axis[j];
      }
    }
  }
  return axes;
}

}  // namespace cance::stats
