// Cholesky factor of small covariance matrices (tens to hundreds of columns).
#pragma once

#include "base/matrix.hpp"

namespace cance::stats {

/// Lower factor L [n, n] with L L^T = covariance. The correlation matrix is factored and scaled
/// back: raw condition numbers reach 1e7, those of the correlation matrix stay small
/// (src/method.md, section 10). Throws, naming the columns, when one has zero variance or is not
/// finite. Last resort for linearly dependent columns: a jitter of 1e-12 to 1e-6 on the unit
/// diagonal, with a warning; beyond that it throws.
[[nodiscard]] Matrix<double> cholesky(const Matrix<double>& covariance);

}  // namespace cance::stats
