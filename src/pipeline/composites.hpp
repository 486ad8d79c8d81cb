// Composite features of rows, whatever of the settings belongs to them, and their groups.
#pragma once

#include "represent/normaliser.hpp"
#include "represent/representation.hpp"

namespace cance::pipeline {

/// phi of the rows, (N, m + 2), or (N, m + 4) with the contrast of images, on the host.
/// `normalised` are the rows `raw`, and perhaps mirrored copies behind them. Collective.
[[nodiscard]] at::Tensor composites_of(represent::Representation& representation,
                                       const represent::Normaliser& normaliser, nn::Rows& raw,
                                       nn::Rows& normalised, bool contrast,
                                       const nn::Compute& compute);

/// Neighbouring columns of phi that mean one thing.
struct FeatureGroup {
  std::string name;  ///< latent, contrast, error or cosine
  std::int64_t first = 0, last = 0;
};

/// Of `latents` columns, perhaps 2 of contrast, e and c.
[[nodiscard]] std::vector<FeatureGroup> feature_groups(std::int64_t latents, bool contrast);

}  // namespace cance::pipeline
