// Composite features of rows, whatever of the settings belongs to them, and their groups.
#pragma once

#include <span>

#include "detectors/detector.hpp"
#include "represent/normaliser.hpp"
#include "represent/representation.hpp"

namespace cance::pipeline {

/// phi of the rows, (N, m + 2), or (N, m + 4) with the contrast of images, on the host.
/// `normalised` are the rows `raw`, and perhaps mirrored copies behind them. Collective.
[[nodiscard]] at::Tensor composites_of(represent::Representation& representation,
                                       const represent::Normaliser& normaliser, nn::Rows& raw,
                                       nn::Rows& normalised, bool contrast,
                                       const nn::Compute& compute);

/// Each row's largest normalised value where rows are numbers; of images none. Collective.
[[nodiscard]] std::vector<double> farthest_values(nn::Rows& normalised, const nn::Compute& compute);
/// The detector's scores of rows with these farthest values (perhaps none): detectors::kOverflow
/// too where a value was cut to Normaliser::kFarthest, whatever the method makes of what is left.
[[nodiscard]] std::vector<double> scores_of(const detectors::Detector& detector,
                                            const detectors::CellRows& rows,
                                            std::span<const double> farthest);

/// Neighbouring columns of phi that mean one thing.
struct FeatureGroup {
  std::string name;  ///< latent, contrast, error or cosine
  std::int64_t first = 0, last = 0;
};

/// Of `latents` columns, perhaps 2 of contrast, e and c.
[[nodiscard]] std::vector<FeatureGroup> feature_groups(std::int64_t latents, bool contrast);

}  // namespace cance::pipeline
