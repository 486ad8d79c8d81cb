// Count, mean and scatter matrix of rows seen in parts (batches, then ranks), in one pass and
// merged exactly in float64. Centred first: raw moments lose all digits at an offset of 1e6.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/matrix.hpp"

namespace cance::stats {

/// Moments of rows of n columns: N, mu [n] and M = (N-1) Sigma [n, n] (src/method.md, section 3).
class Moments {
 public:
  /// No rows yet, of `columns` columns.
  explicit Moments(std::size_t columns);

  /// Adds a batch of rows, shape (rows, n), perhaps none. Needs memory for a few hundred rows.
  void add_rows(MatrixView<const float> rows);
  void add_rows(MatrixView<const double> rows);
  /// Adds the rows seen by `other` (same n); either part may be empty. Paper eq. 13-14.
  void merge(const Moments& other);

  [[nodiscard]] std::size_t columns() const { return mean_.size(); }
  [[nodiscard]] std::size_t count() const { return count_; }
  /// mu [n]; zero while there are no rows.
  [[nodiscard]] const std::vector<double>& mean() const { return mean_; }
  /// M [n, n] = sum over rows of (phi - mu)(phi - mu)^T.
  [[nodiscard]] const Matrix<double>& scatter() const { return scatter_; }
  /// Sigma [n, n], divisor N-1. Throws with fewer than two rows.
  [[nodiscard]] Matrix<double> covariance() const;

  /// Numbers that `pack` gives for n columns: 1 + 2n + n*n.
  [[nodiscard]] static std::size_t packed_size(std::size_t columns);
  /// (N, mu and what its rounding lost, M) as one flat vector, for an exchange between ranks.
  [[nodiscard]] std::vector<double> pack() const;
  /// The inverse of `pack`. Throws when the size is not packed_size(columns).
  [[nodiscard]] static Moments unpack(std::span<const double> packed, std::size_t columns);

 private:
  template <class T>
  void add_batch(MatrixView<const T> rows);
  void add_block(std::size_t rows, std::span<const double> sums);
  void move_mean(std::span<const double> delta, std::size_t added);

  std::size_t count_ = 0;
  std::vector<double> mean_;
  std::vector<double> mean_rest_;  // the exact mean minus mean_
  Matrix<double> scatter_;
};

}  // namespace cance::stats
