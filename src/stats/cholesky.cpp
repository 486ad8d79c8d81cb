#include "stats/cholesky.hpp"

#include <cmath>
#include <optional>

#include "base/error.hpp"
#include "base/log.hpp"
#include "stats/eigen.hpp"

namespace cance::stats {
namespace {

constexpr double kFirstJitter = 1e-12;
constexpr double kLargestJitter = 1e-6;
constexpr double kSmallestPivot = 1e-14;  // of a correlation matrix; below it, rounding decides

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

}  // namespace cance::stats
