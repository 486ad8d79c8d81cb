// Distances in a score graph.
#pragma once

#include "nn/graph_builder.hpp"

namespace cance::detectors {

/// Squared distances of x (..., m) from constant rows (N, m), never below 0: (..., N). In `type`,
/// as x is.
[[nodiscard]] std::string squared_distances(nn::GraphBuilder& g, const std::string& x,
                                            const torch::Tensor& rows, const std::string& name,
                                            store::GraphType type, std::int64_t axis = 1);

}  // namespace cance::detectors
