#include "stats/centred_block.hpp"

#include <algorithm>
#include <cassert>

namespace cance::stats {

CentredBlock::CentredBlock(std::size_t columns, std::size_t most_rows)
    : panels_((columns + kLanes - 1) / kLanes), lanes_(panels_ * most_rows), sums_(columns) {}

template <class T>
std::span<const double> CentredBlock::fill(MatrixView<const T> rows,
                                           std::span<const double> centre) {
  assert(panels_ * rows.rows <= lanes_.size() && rows.cols == sums_.size() &&
         centre.size() == sums_.size());
  rows_ = rows.rows;
  std::ranges::fill(sums_, 0.0);
  const std::size_t whole = rows.cols / kLanes;
  for (std::size_t r = 0; r < rows.rows; ++r) {
    const T* __restrict from = rows.row(r).data();
    const double* __restrict middle = centre.data();
    double* __restrict sums = sums_.data();
    Lanes* __restrict to = lanes_.data() + r;
    for (std::size_t p = 0; p < whole; ++p, to += rows_) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const std::size_t i = p * kLanes + lane;
        to->values[lane] = static_cast<double>(from[i]) - middle[i];
        sums[i] += to->values[lane];
      }
    }
    for (std::size_t i = whole * kLanes; i < rows.cols; ++i) {
      const double value = static_cast<double>(from[i]) - middle[i];
      to->values[i % kLanes] = value;
      sums[i] += value;
    }
  }
  return sums_;
}

template std::span<const double> CentredBlock::fill(MatrixView<const float>,
                                                    std::span<const double>);
template std::span<const double> CentredBlock::fill(MatrixView<const double>,
                                                    std::span<const double>);

/// One panel times kPanels panels: with AVX-512, 24 sums stay in registers over all rows.
template <int kPanels>
void CentredBlock::add_tile(std::size_t left, std::size_t right, Matrix<double>& scatter) const {
  using Vector = double __attribute__((vector_size(kVectorBytes), may_alias));
  Vector sums[kLanes][kPanels] = {};
  const Lanes* __restrict a = panel(left);
  const Lanes* __restrict b = panel(right);
  for (std::size_t r = 0; r < rows_; ++r) {
    Vector row[kPanels];
    for (std::size_t p = 0; p < kPanels; ++p) {
      row[p] = *reinterpret_cast<const Vector*>(b[p * rows_ + r].values);
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kLanes; ++i) {
#pragma GCC unroll 3
      for (std::size_t p = 0; p < kPanels; ++p) {
        sums[i][p] += a[r].values[i] * row[p];
      }
    }
  }
  Lanes tile[kLanes][kPanels];  // apart, since sums that are indexed would live in memory
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kLanes; ++i) {
#pragma GCC unroll 3
    for (std::size_t p = 0; p < kPanels; ++p) {
      *reinterpret_cast<Vector*>(tile[i][p].values) = sums[i][p];
    }
  }
  const std::size_t tall = std::min(kLanes, scatter.rows() - left * kLanes);
  const std::size_t wide = std::min(kPanels * kLanes, scatter.cols() - right * kLanes);
  for (std::size_t i = 0; i < tall; ++i) {
    double* into = scatter.row(left * kLanes + i).data() + right * kLanes;
    for (std::size_t j = 0; j < wide; ++j) {
      into[j] += tile[i][j / kLanes].values[j % kLanes];
    }
  }
}

void CentredBlock::add_products(Matrix<double>& scatter) const {
  for (std::size_t left = 0; left < panels_; ++left) {
    std::size_t right = left;
    for (; right + 3 <= panels_; right += 3) {
      add_tile<3>(left, right, scatter);
    }
    if (right + 2 == panels_) {
      add_tile<2>(left, right, scatter);
    } else if (right + 1 == panels_) {
      add_tile<1>(left, right, scatter);
    }
  }
}

}  // namespace cance::stats
