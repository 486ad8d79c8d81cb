// Squared distances between rows, of tensors and in a score graph.
#pragma once

#include "nn/export/graph_builder.hpp"

namespace cance::detectors {

/// Squared distances of x (n, m) from rows (N, m) with these sums of squares (N): (n, N), >= 0.
[[nodiscard]] at::Tensor squared_distances(const at::Tensor& x, const at::Tensor& rows,
                                           const at::Tensor& squares);

/// The same in a graph, of x (..., m) from constant rows: (..., N). In `type`, as x is.
[[nodiscard]] std::string squared_distances(nn::GraphBuilder& g, const std::string& x,
                                            const at::Tensor& rows, const std::string& name,
                                            models::GraphType type, std::int64_t axis = 1);

}  // namespace cance::detectors
