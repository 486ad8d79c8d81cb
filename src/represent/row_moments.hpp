// Moments of rows, wherever they are kept: a block at a time, then merged over the team.
#pragma once

#include "nn/rows.hpp"
#include "represent/feature_transform.hpp"
#include "stats/moments.hpp"

namespace cance::represent {

/// Of the rows (N, ...) as vectors of all their numbers, in float64. Collective.
[[nodiscard]] stats::Moments moments_of(nn::Rows& rows, const nn::Team& team);
[[nodiscard]] stats::Moments moments_of(const at::Tensor& rows, const nn::Team& team);

/// The transform of this kind for composite features with these moments.
[[nodiscard]] FeatureTransform transform_for(const std::string& kind,
                                             const stats::Moments& composite);

}  // namespace cance::represent
