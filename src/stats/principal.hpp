// Leading principal axes of a small symmetric matrix.
#pragma once

#include <cstddef>

#include "base/matrix.hpp"

namespace cance::stats {

/// Unit vectors [count, n] along the largest eigenvalues of a symmetric positive matrix [n, n], by
/// power iteration orthogonal to those before. The largest entry of each is positive. Where
/// eigenvalues are nearly equal it is some vector of their common space. count <= n.
[[nodiscard]] Matrix<double> leading_axes(const Matrix<double>& symmetric, std::size_t count);

}  // namespace cance::stats
