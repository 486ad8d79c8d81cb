#include "stats/eigen.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.hpp"

namespace cance::stats {
namespace {

constexpr int kMostSweeps = 60;

/// Columns p and q turned by an angle of this cosine and sine.
void turn_columns(Matrix<double>& matrix, std::size_t p, std::size_t q, double cosine,
                  double sine) {
  for (std::size_t k = 0; k < matrix.rows(); ++k) {
    const double kp = matrix(k, p);
    const double kq = matrix(k, q);
    matrix(k, p) = cosine * kp - sine * kq;
    matrix(k, q) = sine * kp + cosine * kq;
  }
}

double off_diagonal_square(const Matrix<double>& matrix) {
  double sum = 0;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      sum += matrix(i, j) * matrix(i, j);
    }
  }
  return sum;
}

/// One Jacobi rotation that zeroes entry (p, q), of `axes` too. Golub and Van Loan, section 8.5.
void rotate(Matrix<double>& matrix, Matrix<double>& axes, std::size_t p, std::size_t q) {
  const double theta = (matrix(q, q) - matrix(p, p)) / (2 * matrix(p, q));
  const double tangent = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
  const double cosine = 1 / std::hypot(tangent, 1.0);
  const double sine = tangent * cosine;
  turn_columns(axes, p, q, cosine, sine);
  turn_columns(matrix, p, q, cosine, sine);
  const auto row_p = matrix.row(p);
  const auto row_q = matrix.row(q);
  for (std::size_t k = 0; k < matrix.cols(); ++k) {
    const double pk = row_p[k];
    const double qk = row_q[k];
    row_p[k] = cosine * pk - sine * qk;
    row_q[k] = sine * pk + cosine * qk;
  }
}

/// Leaves the eigenvalues on the diagonal (cyclic Jacobi); turns the columns of `axes` with them.
void diagonalise(Matrix<double>& matrix, Matrix<double>& axes) {
  const std::size_t n = matrix.rows();
  for (int sweep = 0; sweep < kMostSweeps && off_diagonal_square(matrix) > 0; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        const double negligible = std::numeric_limits<double>::epsilon() * 1e-3 *
                                  std::sqrt(std::abs(matrix(p, p)) * std::abs(matrix(q, q)));
        if (std::abs(matrix(p, q)) <= negligible) {
          matrix(p, q) = matrix(q, p) = 0;
        } else {
          rotate(matrix, axes, p, q);
        }
      }
    }
  }
}

}  // namespace

void require_finite(const Matrix<double>& matrix) {
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < matrix.cols(); ++j) {
      require(std::isfinite(matrix(i, j)),
              "the covariance of columns {} and {} is not a finite number: check the data for NaN "
              "and overflow",
              i, j);
    }
  }
}

std::vector<double> symmetric_eigenvalues(Matrix<double> matrix) {
  require(matrix.rows() == matrix.cols(), "eigenvalues need a square matrix, this one is {} by {}",
          matrix.rows(), matrix.cols());
  require_finite(matrix);
  Matrix<double> no_axes(0, matrix.cols());
  diagonalise(matrix, no_axes);
  std::vector<double> values(matrix.rows());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = matrix(i, i);
  }
  std::ranges::sort(values);
  return values;
}

double condition_number(const Matrix<double>& symmetric) {
  const std::vector<double> values = symmetric_eigenvalues(symmetric);
  require(!values.empty(), "an empty matrix has no condition number");
  return values.front() > 0 ? values.back() / values.front()
                            : std::numeric_limits<double>::infinity();
}

Matrix<double> leading_axes(Matrix<double> symmetric, std::size_t count) {
  const std::size_t n = symmetric.rows();
  require(symmetric.cols() == n && count <= n,
          "{} axes of a {} by {} matrix: expected a square one", count, n, symmetric.cols());
  Matrix<double> columns(n, n);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (const std::size_t i : order) {
    columns(i, i) = 1;
  }
  diagonalise(symmetric, columns);
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](std::size_t i) { return symmetric(i, i); });
  Matrix<double> axes(count, n);
  for (std::size_t k = 0; k < count; ++k) {
    const auto axis = axes.row(k);
    for (std::size_t i = 0; i < n; ++i) {
      axis[i] = columns(i, order[k]);
    }
    const bool turn = *std::ranges::max_element(axis, {}, [](double v) { return std::abs(v); }) < 0;
    std::ranges::for_each(axis, [turn](double& value) { value *= turn ? -1 : 1; });
  }
  return axes;
}

}  // namespace cance::stats
