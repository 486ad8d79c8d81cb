#include "pipeline/composites.hpp"

#include "represent/composite.hpp"

namespace cance::pipeline {

using at::Tensor;

Tensor composites_of(represent::Representation& representation,
                     const represent::Normaliser& normaliser, nn::Rows& raw, nn::Rows& normalised,
                     bool contrast, const nn::Compute& compute) {
  const Tensor phi = representation.composite(normalised);
  if (!contrast) {
    return phi;
  }
  const Tensor taken = nn::map_rows(raw, compute.team, [&normaliser](const Tensor& x) {
    return normaliser.contrast(x).to(at::kCPU);
  });
  return represent::with_columns(  // mirrored copies have the contrast of their images
      phi, taken.repeat({phi.size(0) / taken.size(0), 1}));
}

std::vector<double> farthest_values(nn::Rows& normalised, const nn::Compute& compute) {
  const bool table = normalised.range(0, 1).dim() == 2;
  return table ? represent::farthest_values(normalised, compute.team) : std::vector<double>();
}

std::vector<double> scores_of(const detectors::Detector& detector, const detectors::CellRows& rows,
                              std::span<const double> farthest) {
  std::vector<double> scores = detectors::scores_of(detector, rows);
  for (std::size_t row = 0; row < farthest.size(); ++row) {
    if (farthest[row] >= represent::Normaliser::kCut) {
      scores[row] = detectors::kOverflow;
    }
  }
  return scores;
}

std::vector<FeatureGroup> feature_groups(std::int64_t latents, bool contrast) {
  std::vector<FeatureGroup> groups{{"latent", 0, latents}};
  if (contrast) {
    groups.push_back({"contrast", latents, latents + 2});
  }
  const std::int64_t error = groups.back().last;
  groups.push_back({"error", error, error + 1});
  groups.push_back({"cosine", error + 1, error + 2});
  return groups;
}

}  // namespace cance::pipeline
