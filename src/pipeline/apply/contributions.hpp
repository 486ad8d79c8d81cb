// Why a row has its score: what the parts of the composite feature contribute to it.
#pragma once

#include "base/matrix.hpp"
#include "detectors/detector.hpp"
#include "pipeline/composites.hpp"

namespace cance::pipeline {

/// Shapley values (Shapley 1953; against a baseline as Lundberg and Lee 2017): the change of the
/// score when a group of columns goes from `typical` (1, n) to its values in the row, averaged over
/// the orders in which groups may do so. A row's contributions, (B, groups), sum to its score minus
/// that of `typical`. phi (B, n), `scores` (B) those of phi. For methods that see composites only.
[[nodiscard]] Matrix<double> contributions(const detectors::Detector& detector,
                                           const at::Tensor& phi, std::span<const double> scores,
                                           const at::Tensor& typical, double typical_score,
                                           const std::vector<FeatureGroup>& groups);

}  // namespace cance::pipeline
