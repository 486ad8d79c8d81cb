// Moments of rows, wherever they are stored: a block at a time, then merged over the team; and the
// principal components that follow from them.
#pragma once

#include "nn/rows.hpp"
#include "represent/feature_transform.hpp"
#include "stats/moments.hpp"

namespace cance::represent {

/// Of the rows (N, ...) as vectors of all their numbers, in float64. Collective.
[[nodiscard]] stats::Moments moments_of(nn::Rows& rows, const nn::Team& team);
[[nodiscard]] stats::Moments moments_of(const at::Tensor& rows, const nn::Team& team);

/// "log" where the tail of e or c is heavy, its deviation greater than its mean (and no mean is 0);
/// else "raw".
[[nodiscard]] std::string fitting_transform(const stats::Moments& composite);
/// The transform of this kind for composite features with these moments.
[[nodiscard]] FeatureTransform transform_for(const std::string& kind,
                                             const stats::Moments& composite);

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
