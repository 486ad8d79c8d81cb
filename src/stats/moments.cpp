#include "stats/moments.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace cance::stats {
namespace {

constexpr std::size_t kBlockRows = 256;  // rows centred at a time; a multiple of kUnroll
constexpr std::size_t kUnroll = 4;       // rows per pass over the scatter matrix

/// Column means, summed as differences from the first row so that a common offset costs no digits.
template <class T>
std::vector<double> column_means(MatrixView<const T> rows) {
  std::vector<double> sums(rows.cols);
  const auto first = rows.row(0);
  for (std::size_t r = 1; r < rows.rows; ++r) {
    const auto row = rows.row(r);
    for (std::size_t i = 0; i < rows.cols; ++i) {
      sums[i] += static_cast<double>(row[i]) - static_cast<double>(first[i]);
    }
  }
  for (std::size_t i = 0; i < rows.cols; ++i) {
    sums[i] = static_cast<double>(first[i]) + sums[i] / static_cast<double>(rows.rows);
  }
  return sums;
}

/// Upper triangle of `scatter` += sum of outer products of four rows of n numbers, stored one after
/// the other.
void add_outer_products(const double* four_rows, Matrix<double>& scatter) {
  const std::size_t n = scatter.cols();
  const double* __restrict r0 = four_rows;
  const double* __restrict r1 = r0 + n;
  const double* __restrict r2 = r1 + n;
  const double* __restrict r3 = r2 + n;
  for (std::size_t i = 0; i < n; ++i) {
    double* __restrict out = scatter.row(i).data();
    for (std::size_t j = i; j < n; ++j) {
      out[j] += (r0[i] * r0[j] + r1[i] * r1[j]) + (r2[i] * r2[j] + r3[i] * r3[j]);
    }
  }
}

void mirror_upper(Matrix<double>& matrix) {
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      matrix(i, j) = matrix(j, i);
    }
  }
}

template <class T>
Matrix<double> centred_scatter(MatrixView<const T> rows, std::span<const double> mean) {
  const std::size_t n = rows.cols;
  Matrix<double> scatter(n, n);
  std::vector<double> block(kBlockRows * n);
  for (std::size_t begin = 0; begin < rows.rows; begin += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, rows.rows - begin);
    for (std::size_t r = 0; r < count; ++r) {
      const auto row = rows.row(begin + r);
      for (std::size_t i = 0; i < n; ++i) {
        block[r * n + i] = static_cast<double>(row[i]) - mean[i];
      }
    }
    const std::size_t padded = (count + kUnroll - 1) / kUnroll * kUnroll;
    std::fill(block.begin() + static_cast<std::ptrdiff_t>(count * n),
              block.begin() + static_cast<std::ptrdiff_t>(padded * n), 0.0);
    for (std::size_t r = 0; r < padded; r += kUnroll) {
      add_outer_products(block.data() + r * n, scatter);
    }
  }
  mirror_upper(scatter);
  return scatter;
}

}  // namespace

Moments::Moments(std::size_t columns) : mean_(columns), scatter_(columns, columns) {}

template <class T>
void Moments::add_batch(MatrixView<const T> rows) {
  require(rows.cols == columns(), "moments of {} columns cannot take rows of {}", columns(),
          rows.cols);
  if (rows.rows == 0) {
    return;
  }
  Moments batch(columns());
  batch.count_ = rows.rows;
  batch.mean_ = column_means(rows);
  batch.scatter_ = centred_scatter(rows, batch.mean_);
  merge(batch);
}

void Moments::add_rows(MatrixView<const float> rows) { add_batch(rows); }
void Moments::add_rows(MatrixView<const double> rows) { add_batch(rows); }

void Moments::merge(const Moments& other) {
  require(other.columns() == columns(), "moments of {} columns cannot be merged with {}",
          other.columns(), columns());
  if (other.count_ == 0) {
    return;
  }
  if (count_ == 0) {
    *this = other;
    return;
  }
  const auto own = static_cast<double>(count_);
  const auto added = static_cast<double>(other.count_);
  const double share = added / (own + added);
  std::vector<double> delta(columns());
  for (std::size_t i = 0; i < columns(); ++i) {
    delta[i] = other.mean_[i] - mean_[i];
    mean_[i] += share * delta[i];
  }
  for (std::size_t i = 0; i < columns(); ++i) {
    const auto from = other.scatter_.row(i);
    const auto into = scatter_.row(i);
    for (std::size_t j = 0; j < columns(); ++j) {
      into[j] += from[j] + own * share * (delta[i] * delta[j]);
    }
  }
  count_ += other.count_;
}

void Moments::require_two_rows() const {
  require(count_ >= 2,
          "the covariance of {} row(s) is not defined: at least 2 normal rows are needed", count_);
}

Matrix<double> Moments::covariance() const {
  require_two_rows();
  Matrix<double> covariance = scatter_;
  for (double& value : covariance.values()) {
    value /= static_cast<double>(count_ - 1);
  }
  return covariance;
}

std::vector<double> Moments::deviations() const {
  require_two_rows();
  std::vector<double> deviations(columns());
  for (std::size_t i = 0; i < columns(); ++i) {
    deviations[i] = std::sqrt(scatter_(i, i) / static_cast<double>(count_ - 1));
  }
  return deviations;
}

std::size_t Moments::packed_size(std::size_t columns) { return 1 + columns + columns * columns; }

std::vector<double> Moments::pack() const {
  std::vector<double> packed{static_cast<double>(count_)};
  packed.reserve(packed_size(columns()));
  packed.insert(packed.end(), mean_.begin(), mean_.end());
  packed.insert(packed.end(), scatter_.values().begin(), scatter_.values().end());
  return packed;
}

Moments Moments::unpack(std::span<const double> packed, std::size_t columns) {
  require(packed.size() == packed_size(columns),
          "packed moments of {} columns have {} numbers, expected {}", columns, packed.size(),
          packed_size(columns));
  Moments moments(columns);
  moments.count_ = static_cast<std::size_t>(packed[0]);
  const auto mean = packed.subspan(1, columns);
  const auto scatter = packed.subspan(1 + columns);
  moments.mean_.assign(mean.begin(), mean.end());
  moments.scatter_.values().assign(scatter.begin(), scatter.end());
  return moments;
}

}  // namespace cance::stats
