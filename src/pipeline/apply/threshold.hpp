// The score above which a row is flagged.
#pragma once

#include <span>
#include <string>

#include "stats/threshold.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {

using stats::kStoredShare;
using stats::Threshold;
using stats::threshold_of_normals;

/// How a threshold is chosen.
struct ThresholdRule {
  enum class Kind {
    stored,   ///< the run's own threshold of the method
    normals,  ///< this share of new normal rows scores above, by the validation rows
    share,    ///< this share of the rows at hand lies above, more where scores tie
    value     ///< the number itself, in nats
  };
  Kind kind = Kind::stored;
  double number = 0;
};

/// "stored", "normals=SHARE", "share=SHARE" or a number. Errors: other words, no share of 0 to 1.
[[nodiscard]] ThresholdRule parse_threshold(const std::string& words);

/// Of so many rows that are to be judged. Error: a share of them that is none or all.
void require_some_flagged(const ThresholdRule& rule, std::size_t rows);

/// Rows of which any number from them on may be judged by the rule.
[[nodiscard]] double rows_enough(const ThresholdRule& rule);

/// `scores`: of the rows to be judged. Errors: a share of them that is none or all, a run without
/// the threshold or the validation scores of the method.
[[nodiscard]] Threshold choose_threshold(const ThresholdRule& rule, const store::RunRecord& run,
                                         const std::string& method, std::span<const double> scores);

}  // namespace cance::pipeline
