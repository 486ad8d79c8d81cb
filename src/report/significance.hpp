// Paired comparisons of methods by the exact one-sided Wilcoxon signed-rank test, and which
// orderings of the paper they bear out.
#pragma once

#include <string>
#include <vector>

#include "report/gather.hpp"
#include "report/tables.hpp"

namespace cance::report {

/// What a pair is: one (case, seed), or one case with its mean over seeds. Seeds of a case share
/// its difficulty, so the pairs of `cells` are not independent; `cases` is the careful test.
enum class Pairing { cells, cases };

struct Comparison {
  std::string better, worse;  ///< tested: AUROC of `better` > AUROC of `worse`
  std::size_t n = 0;          ///< pairs
  std::size_t wins = 0, ties = 0;
  double mean_difference = 0;
  double p = 1;        ///< of the one-sided exact test
  double reverse = 1;  ///< p of the opposite claim

  /// With fewer than five pairs the smallest possible p, 2^-n, is above .05.
  [[nodiscard]] bool too_few() const;
};

/// Pairs where both methods have an AUROC.
[[nodiscard]] Comparison compare(const Group& group, const std::string& better,
                                 const std::string& worse, Pairing pairing);

/// The pairs the paper speaks of, both pairings side by side; empty when the group has none of
/// them.
[[nodiscard]] Table pair_table(const Group& group);
/// p of "row > column" for every ordered pair of methods.
[[nodiscard]] Table p_matrix(const Group& group, Pairing pairing);
/// CNCE > Error, CNCE > LatNCE, CANCE >= CNCE in mean: holds, does not hold or even.
[[nodiscard]] Table orderings_table(const Group& group);
/// Numbers of pairs, and what they are too few for.
[[nodiscard]] std::string pair_note(const Group& group);

}  // namespace cance::report
