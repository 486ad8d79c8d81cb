// A method of a finished run as a graph, for other runtimes: from rows as they are in a dataset
// file, images as 0..255, to scores.
#pragma once

#include <string>

#include "models/score_graph.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {

/// Normalisation and the method's score, with representation and composite feature where it sees
/// composites. Networks in float32, or in float64 where the run's are and `wide`; error, cosine and
/// densities in float64. Errors: the method keeps nothing to score with, or has no such form.
[[nodiscard]] models::ScoreGraph score_graph(const store::RunRecord& run, const std::string& method,
                                             bool wide);

}  // namespace cance::pipeline
