// Principal components of rows, from moments that are streamed and merged over the ranks.
#pragma once

#include "nn/rows.hpp"

namespace cance::represent {

struct PrincipalComponents {
  std::size_t rows = 0;   ///< that they were learned from
  at::Tensor mean;        ///< (d)
  at::Tensor components;  ///< (r, d), r the rank; the largest entry of each is positive
  at::Tensor variance;    ///< (r), descending, divisor N - 1
  at::Tensor explained;   ///< (r), the share of all variance that the first 1, ..., r explain
};

/// Of the rows (N, ...) as vectors of all their numbers, at least two, in float64 on the host.
/// Components whose variance is rounding are left out. Collective.
[[nodiscard]] PrincipalComponents principal_components(nn::Rows& rows, const nn::Team& team);

}  // namespace cance::represent
