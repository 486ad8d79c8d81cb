// A method of a finished run as a graph, for other runtimes: from rows as they are in a dataset
// file, images as 0..255, to scores in nats.
#pragma once

#include <string>

#include "store/run_file.hpp"
#include "store/score_graph.hpp"

namespace cance::pipeline {

/// Normalisation, representation, composite feature, its transform, and the method's score.
/// Networks in float32, or in float64 where the run's are and `wide`; error, cosine and densities
/// in float64. For methods error, latnce, gaussian, cnce and cance.
[[nodiscard]] store::ScoreGraph score_graph(const store::RunRecord& run, const std::string& method,
                                            bool wide);

}  // namespace cance::pipeline
