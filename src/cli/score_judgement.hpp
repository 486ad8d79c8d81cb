// What scores are worth on rows whose labels are known.
#pragma once

#include <string>
#include <vector>

#include "cli/score_output.hpp"

namespace cance::cli {

/// Rows of one label.
struct KindCounts {
  std::string name;
  bool normal = false;
  std::size_t rows = 0, flagged = 0;
  double auroc = 0;  ///< against the normal rows; NaN of normal ones, and where there are none
};

struct Judgement {
  std::vector<KindCounts> kinds;    ///< normal ones first, then by name
  std::vector<std::string> absent;  ///< normal labels that no row has, and what may be meant
  std::size_t unlabelled = 0;       ///< rows without a label, which are left out
  double auroc = 0, auprc = 0;      ///< NaN where all rows are normal, or none is
  double precision = 0, recall = 0, f1 = 0;  ///< of the flagged rows; NaN there too, but recall
};

/// `where`: the input, for messages. `normal`: labels of normal rows; empty: 0, with 1 anomalous. A
/// row without a score is flagged and ranks first. Errors: other labels than 0 and 1 without
/// `normal`, no label at all.
[[nodiscard]] Judgement judge_scores(const std::string& where, const ScoreTable& table,
                                     const std::vector<std::string>& normal);

/// Lines for eyes.
[[nodiscard]] std::vector<std::string> describe(const Judgement& judgement);

}  // namespace cance::cli
