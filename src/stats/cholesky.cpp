#include "stats/cholesky.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/error.hpp"
#include "base/log.hpp"

namespace cance::stats {
namespace {

constexpr double kFirstJitter = 1e-12;
constexpr double kLargestJitter = 1e-6;
constexpr double kSmallestPivot = 1e-14;  // of a correlation matrix; below it, rounding decides
constexpr int kMostSweeps = 60;

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

/// Standard deviation of each column. Throws with the indices of the columns that never vary.
std::vector<double> column_scales(const Matrix<double>& covariance) {
  std::vector<double> scales;
  std::vector<std::size_t> constant;
  for (std::size_t i = 0; i < covariance.rows(); ++i) {
    scales.push_back(std::sqrt(covariance(i, i)));
    if (!(covariance(i, i) > 0)) {
      constant.push_back(i);
    }
  }
  require(constant.empty(),
          "column(s) {} of the composite feature have zero variance over the training rows: a "
          "density needs columns that vary",
          fmt::join(constant, ", "));
  return scales;
}

/// Lower factor, or nothing when a pivot is too small.
std::optional<Matrix<double>> factor(const Matrix<double>& matrix, double jitter) {
  const std::size_t n = matrix.rows();
  Matrix<double> lower(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = matrix(i, j) + (i == j ? jitter : 0.0);
      for (std::size_t k = 0; k < j; ++k) {
        rest -= lower(i, k) * lower(j, k);
      }
      if (i == j && !(rest > kSmallestPivot)) {
        return std::nullopt;
      }
      lower(i, j) = i == j ? std::sqrt(rest) : rest / lower(j, j);
    }
  }
  return lower;
}

Matrix<double> factor_with_jitter(const Matrix<double>& correlation) {
  if (auto lower = factor(correlation, 0.0)) {
    return *std::move(lower);
  }
  for (double jitter = kFirstJitter; jitter < 2 * kLargestJitter; jitter *= 10) {
    if (auto lower = factor(correlation, jitter)) {
      log::warn(
          "columns of the composite feature are linearly dependent: {:.0e} was added to the "
          "diagonal of their correlation matrix",
          jitter);
      return *std::move(lower);
    }
  }
  fail(
      "the covariance is not positive definite, even with {:.0e} added to the diagonal of the "
      "correlation matrix: remove dependent columns or use fewer latents",
      kLargestJitter);
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

/// One Jacobi rotation that makes entry (p, q) zero. Golub and Van Loan, section 8.5.
void rotate(Matrix<double>& matrix, std::size_t p, std::size_t q) {
  const double theta = (matrix(q, q) - matrix(p, p)) / (2 * matrix(p, q));
  const double tangent = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
  const double cosine = 1 / std::hypot(tangent, 1.0);
  const double sine = tangent * cosine;
  for (std::size_t k = 0; k < matrix.rows(); ++k) {
    const double kp = matrix(k, p);
    const double kq = matrix(k, q);
    matrix(k, p) = cosine * kp - sine * kq;
    matrix(k, q) = sine * kp + cosine * kq;
  }
  const auto row_p = matrix.row(p);
  const auto row_q = matrix.row(q);
  for (std::size_t k = 0; k < matrix.cols(); ++k) {
    const double pk = row_p[k];
    const double qk = row_q[k];
    row_p[k] = cosine * pk - sine * qk;
    row_q[k] = sine * pk + cosine * qk;
  }
}

}  // namespace

Matrix<double> cholesky(const Matrix<double>& covariance) {
  const std::size_t n = covariance.rows();
  require(n > 0 && covariance.cols() == n, "a covariance is square, this matrix is {} by {}", n,
          covariance.cols());
  require_finite(covariance);
  const std::vector<double> scales = column_scales(covariance);
  Matrix<double> correlation(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      correlation(i, j) = i == j ? 1.0 : covariance(i, j) / scales[i] / scales[j];
    }
  }
  Matrix<double> lower = factor_with_jitter(correlation);
  for (std::size_t i = 0; i < n; ++i) {
    for (double& value : lower.row(i)) {
      value *= scales[i];
    }
  }
  return lower;
}

std::vector<double> symmetric_eigenvalues(Matrix<double> matrix) {
  require(matrix.rows() == matrix.cols(), "eigenvalues need a square matrix, this one is {} by {}",
          matrix.rows(), matrix.cols());
  require_finite(matrix);
  const std::size_t n = matrix.rows();
  for (int sweep = 0; sweep < kMostSweeps && off_diagonal_square(matrix) > 0; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        const double negligible = std::numeric_limits<double>::epsilon() * 1e-3 *
                                  std::sqrt(std::abs(matrix(p, p)) * std::abs(matrix(q, q)));
        if (std::abs(matrix(p, q)) <= negligible) {
          matrix(p, q) = matrix(q, p) = 0;
        } else {
          rotate(matrix, p, q);
        }
      }
    }
  }
  std::vector<double> values(n);
  for (std::size_t i = 0; i < n; ++i) {
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

}  // namespace cance::stats
