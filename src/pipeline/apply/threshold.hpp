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

/// How a threshold is chosen.
struct ThresholdRule {
  enum class Kind {
    stored,   ///< the run's own threshold of the method
    normals,  ///< this share of the validation rows, all normal, scores above
    share,    ///< this share of the rows at hand lies above, fewer where scores tie
    value     ///< the number itself, in nats
  };
  Kind kind = Kind::stored;
  double number = 0;
};

/// "stored", "normals=SHARE", "share=SHARE" or a number. Errors: other words, a share that is not
/// between 0 and 1.
[[nodiscard]] ThresholdRule parse_threshold(const std::string& words);

/// `scores`: of the rows to be judged. Errors: a share of them that is none or all, a run without
/// the threshold or the validation scores of the method.
[[nodiscard]] Threshold choose_threshold(const ThresholdRule& rule, const store::RunRecord& run,
                                         const std::string& method, std::span<const double> scores);

}  // namespace cance::pipeline
