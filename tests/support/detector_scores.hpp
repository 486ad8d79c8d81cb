// A detector on plain tensors, as a cell would use it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "detectors/detector.hpp"

namespace cance::tests {

/// Scores of `x` by the method fitted on `train`, both (N, row...) in the precision of `compute`,
/// as raw rows and, `scale` times as large, as normalised ones. Training rows validate too. A
/// method restored from its state must give the same.
inline std::vector<double> scores_of(const std::string& method, const config::Config& config,
                                     const at::Tensor& train, const at::Tensor& x,
                                     const nn::Compute& compute = {}, double scale = 1,
                                     const at::Tensor& held_out = {}, std::uint64_t seed = 9) {
  const auto detector = detectors::make_detector(method, config);
  nn::TensorRows raw(train), normalised(train * scale), raw_x(x), normalised_x(x * scale);
  const stats::Moments none(1);
  const represent::FeatureTransform transform;
  const at::Tensor held = held_out.defined() ? held_out : train;
  nn::TensorRows raw_held(held), normalised_held(held * scale);
  const detectors::CellRows rows{train, &normalised, &raw};
  detector->fit({rows,
                 {held, &normalised_held, &raw_held},
                 transform,
                 none,
                 none,
                 seed,
                 compute,
                 nullptr,
                 [](const nn::StageProgress&) {}});
  auto scores = detector->score({x, &normalised_x, &raw_x});
  if (!detector->state().empty()) {  // what it keeps is enough to score with
    const auto same = detectors::make_detector(method, config);
    same->restore({nn::to_map(detector->state()), {}, {}, {}, compute});
    EXPECT_EQ(same->score({x, &normalised_x, &raw_x}), scores) << method;
  }
  return scores;
}

}  // namespace cance::tests
