// A block of centred rows and the sum of their outer products: the inner loop of the moments. Own
// code, since it is faster here than a library's dsyrk (results/speed.md), needs none, and cannot
// collide with the one inside libtorch.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/matrix.hpp"

namespace cance::stats {

/// Rows of n columns in float64, minus a centre. Kept in panels of a vector's width, each of all
/// rows, so that the products read memory in one direction.
class CentredBlock {
 public:
  /// Room for `most_rows` rows of `columns` columns.
  CentredBlock(std::size_t columns, std::size_t most_rows);

  /// Holds rows - centre from now on (no more than there is room for; centre [n]); returns their
  /// column sums [n], valid until the next call.
  template <class T>
  std::span<const double> fill(MatrixView<const T> rows, std::span<const double> centre);
  /// Upper triangle of `scatter` [n, n] += sum of the rows' outer products.
  void add_products(Matrix<double>& scatter) const;

 private:
  static constexpr std::size_t kVectorBytes =
#if defined(__AVX512F__)
      64;
#elif defined(__AVX__)
      32;
#else
      16;
#endif
  static constexpr std::size_t kLanes = kVectorBytes / sizeof(double);
  /// One row's share of a panel: a vector register.
  struct alignas(kVectorBytes) Lanes {
    double values[kLanes];
  };

  template <int kPanels>
  void add_tile(std::size_t left, std::size_t right, Matrix<double>& scatter) const;
  [[nodiscard]] const Lanes* panel(std::size_t p) const { return lanes_.data() + p * rows_; }

  std::size_t panels_;
  std::size_t rows_ = 0;
  std::vector<Lanes> lanes_;  // panels_ times rows_
  std::vector<double> sums_;
};

}  // namespace cance::stats
