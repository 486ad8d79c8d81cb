// Ensembles: finished runs of one case that differ in their seed or in settings, their scores
// joined without any label.
#pragma once

#include <string>
#include <vector>

#include "archive/run_source.hpp"
#include "config/options.hpp"
#include "stats/tail_score.hpp"

namespace cance::archive {

using config::EnsembleRequest;

struct Ensembles {
  std::vector<store::RunRecord> runs;
  std::vector<LeftOut> left_out;   ///< runs that cannot be read
  std::vector<std::string> alone;  ///< runs that no other agrees with
};

/// One run of the method `ensemble` for each set of runs that agree in case, settings and (but over
/// seeds) seed; over methods for each run. It bears the cell name of its first member. A score is
/// the mean or the largest over members of -log p, the tail probability among the member's own
/// held-out normal rows. The threshold comes from rows that all members held out; where their order
/// or the rows differ, from bounds that hold for any dependence of the p. Errors: members of other
/// test rows, no two runs that agree, two ensembles of one cell, what config::check refuses, a
/// method or validation scores that a run lacks. Ensembles among the places are passed over.
[[nodiscard]] Ensembles make_ensembles(const std::vector<RunPlace>& places,
                                       EnsembleRequest request);

/// Whether the run file at `path` is an ensemble of the runs with these checksums, in any order.
[[nodiscard]] bool is_ensemble_of(const std::filesystem::path& path,
                                  std::vector<std::string> sha256_of_members);
/// "AUROC 0.9450, of members 0.9080 0.9210": the members in their order, each with its methods.
[[nodiscard]] std::string ensemble_summary(const store::RunRecord& ensemble);

/// -log p of each method of each member, in their order.
[[nodiscard]] std::vector<stats::TailScore> tails_of(const store::RunRecord& ensemble);
/// Of the -log p of all members, row by row: their mean or the largest. At least one list.
[[nodiscard]] std::vector<double> join_tails(const std::vector<std::vector<double>>& tails,
                                             const std::string& rule);

}  // namespace cance::archive
