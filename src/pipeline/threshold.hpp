// The score above which a row is flagged.
#pragma once

#include <span>
#include <string>

#include "store/run_file.hpp"

namespace cance::pipeline {

struct Threshold {
  double value = 0;
  std::string rule;  ///< in words
};

/// `words`: "stored", the run's own threshold of the method; "normals=SHARE", above which this
/// share of the validation rows, all normal, scores; "share=SHARE", above which this share of
/// `scores`, the rows to be judged, lies (a known share of anomalies; fewer where scores tie); or a
/// value. Errors: other words, a share that is not between 0 and 1, a run without these scores.
[[nodiscard]] Threshold choose_threshold(const std::string& words, const store::RunRecord& run,
                                         const std::string& method, std::span<const double> scores);

}  // namespace cance::pipeline
