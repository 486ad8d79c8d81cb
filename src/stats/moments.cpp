#include "stats/moments.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "stats/centred_block.hpp"

namespace cance::stats {
namespace {

constexpr std::size_t kBlockRows = 256;  // fits the second-level cache up to 500 columns
constexpr std::size_t kSampleRows = 64;  // a quarter of it, to centre the first; see add_block

/// Column means, summed as differences from the first row so that a common offset costs no digits.
template <class T>
std::vector<double> column_means(MatrixView<const T> rows) {
  std::vector<double> means(rows.cols);
  for (std::size_t i = 0; i < rows.cols; ++i) {
    const auto first = static_cast<double>(rows(0, i));
    double sum = 0;
    for (std::size_t r = 1; r < rows.rows; ++r) {
      sum += static_cast<double>(rows(r, i)) - first;
    }
    means[i] = first + sum / static_cast<double>(rows.rows);
  }
  return means;
}

void mirror_upper(Matrix<double>& matrix) {
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      matrix(i, j) = matrix(j, i);
    }
  }
}

}  // namespace

Moments::Moments(std::size_t columns)
    : mean_(columns), mean_rest_(columns), scatter_(columns, columns) {}

template <class T>
void Moments::add_batch(MatrixView<const T> rows) {
  require(rows.cols == columns(), "moments of {} columns cannot take rows of {}", columns(),
          rows.cols);
  if (rows.rows == 0) {
    return;
  }
  if (count_ == 0) {
    mean_ = column_means<T>({rows.data, std::min(rows.rows, kSampleRows), rows.cols});
  }
  CentredBlock block(columns(), std::min(rows.rows, kBlockRows));
  for (std::size_t begin = 0; begin < rows.rows; begin += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, rows.rows - begin);
    const auto sums =
        block.fill(MatrixView<const T>{rows.row(begin).data(), count, rows.cols}, mean_);
    block.add_products(scatter_);
    add_block(count, sums);
  }
  mirror_upper(scatter_);
}

void Moments::add_rows(MatrixView<const float> rows) { add_batch(rows); }
void Moments::add_rows(MatrixView<const double> rows) { add_batch(rows); }

/// The block was centred on the mean so far, c, not on its own, c + d. Its scatter is then too
/// large by m d d^T; what the merge adds comes on top. Nothing cancels badly: with N rows before,
/// the two are in the ratio 1 + m/N, and the sample that centres a first block is a quarter of it.
void Moments::add_block(std::size_t rows, std::span<const double> sums) {
  const auto own = static_cast<double>(count_);
  const auto added = static_cast<double>(rows);
  std::vector<double> shift(columns());  // d
  std::vector<double> delta(columns());  // between the exact means
  for (std::size_t i = 0; i < columns(); ++i) {
    shift[i] = sums[i] / added;
    delta[i] = shift[i] - mean_rest_[i];
  }
  const double weight = own * added / (own + added);
  for (std::size_t i = 0; i < columns(); ++i) {
    double* into = scatter_.row(i).data();
    for (std::size_t j = i; j < columns(); ++j) {
      into[j] += weight * (delta[i] * delta[j]) - added * (shift[i] * shift[j]);
    }
  }
  move_mean(delta, rows);
}

/// The mean after `added` more rows whose mean is larger by `delta`. The rest keeps the digits that
/// the sum loses, without which many small parts at a large offset would lose theirs.
void Moments::move_mean(std::span<const double> delta, std::size_t added) {
  count_ += added;
  const double share = static_cast<double>(added) / static_cast<double>(count_);
  for (std::size_t i = 0; i < columns(); ++i) {
    const double old = mean_[i];
    const double step = mean_rest_[i] + share * delta[i];
    mean_[i] = old + step;
    const double taken = mean_[i] - old;
    mean_rest_[i] = (old - (mean_[i] - taken)) + (step - taken);
  }
}

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
  const double weight = own * added / (own + added);
  std::vector<double> delta(columns());
  for (std::size_t i = 0; i < columns(); ++i) {
    delta[i] = (other.mean_[i] - mean_[i]) + (other.mean_rest_[i] - mean_rest_[i]);
  }
  for (std::size_t i = 0; i < columns(); ++i) {
    const auto from = other.scatter_.row(i);
    const auto into = scatter_.row(i);
    for (std::size_t j = 0; j < columns(); ++j) {
      into[j] += from[j] + weight * (delta[i] * delta[j]);
    }
  }
  move_mean(delta, other.count_);
}

Matrix<double> Moments::covariance() const {
  require(count_ >= 2,
          "the covariance of {} row(s) is not defined: at least 2 normal rows are needed", count_);
  Matrix<double> covariance = scatter_;
  for (double& value : covariance.values()) {
    value /= static_cast<double>(count_ - 1);
  }
  return covariance;
}

std::size_t Moments::packed_size(std::size_t columns) {
  return 1 + 2 * columns + columns * columns;
}

std::vector<double> Moments::pack() const {
  std::vector<double> packed{static_cast<double>(count_)};
  packed.reserve(packed_size(columns()));
  packed.insert(packed.end(), mean_.begin(), mean_.end());
  packed.insert(packed.end(), mean_rest_.begin(), mean_rest_.end());
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
  const auto rest = packed.subspan(1 + columns, columns);
  const auto scatter = packed.subspan(1 + 2 * columns);
  moments.mean_.assign(mean.begin(), mean.end());
  moments.mean_rest_.assign(rest.begin(), rest.end());
  moments.scatter_.values().assign(scatter.begin(), scatter.end());
  return moments;
}

}  // namespace cance::stats
