// Eigenvalues and leading axes of small symmetric matrices (tens to hundreds of columns).
#pragma once

#include <vector>

#include "base/matrix.hpp"

namespace cance::stats {

/// Error, with its columns, where an entry of a covariance is not finite.
void require_finite(const Matrix<double>& covariance);

/// Eigenvalues of a symmetric matrix, ascending (cyclic Jacobi).
[[nodiscard]] std::vector<double> symmetric_eigenvalues(Matrix<double> matrix);

/// Largest over smallest eigenvalue of a symmetric positive matrix; infinity when it is singular.
[[nodiscard]] double condition_number(const Matrix<double>& symmetric);

/// Unit vectors [count, n] along the largest eigenvalues of a symmetric positive matrix [n, n]. The
/// largest entry of each is positive. Of nearly equal ones some vector of their space. count <= n.
[[nodiscard]] Matrix<double> leading_axes(Matrix<double> symmetric, std::size_t count);

}  // namespace cance::stats
