// Paired comparisons of methods by the one-sided Wilcoxon signed-rank test with Holm's correction,
// and which orderings of the paper (src/protocols.md, section 3) a group bears out.
#pragma once

#include <string>
#include <vector>

#include "report/document/table.hpp"
#include "report/runs/blocks.hpp"

namespace cance::report {

inline constexpr double kLevel = 0.05;  ///< of every test

/// Whether n differences are too few to reach the level, with Holm's correction for so many tests.
[[nodiscard]] bool too_few(std::size_t n, std::size_t tests = 1);

struct Comparison {
  std::string better, worse;  ///< tested: values of `better` > values of `worse`
  std::size_t n = 0;          ///< pairs
  std::size_t wins = 0, ties = 0;
  double mean_difference = 0;
  double effect = 0;    ///< rank-biserial correlation
  double p = 1;         ///< of the one-sided test, exact up to 200 differences
  double reverse = 1;   ///< p of the opposite claim
  double adjusted = 1;  ///< p after Holm's correction over its family

  /// With fewer than five differences the smallest possible p, 2^-n, is above .05.
  [[nodiscard]] bool too_few() const;
};

/// "CANCE > Error".
[[nodiscard]] std::string claim_text(const std::string& better, const std::string& worse);

/// Pairs where both methods have a value; `adjusted` is p.
[[nodiscard]] Comparison compare(const Blocks& blocks, const std::string& better,
                                 const std::string& worse);

/// The family of claims that is tested: CANCE above every other method, CNCE above Error and
/// LatNCE, as far as they ran; p adjusted over the family.
[[nodiscard]] std::vector<Comparison> claims(const Blocks& blocks);
/// A row a claim; no rows where none can be tested.
[[nodiscard]] TextTable claims_table(const Blocks& blocks, const std::string& metric);
/// p of "row > column" for every ordered pair of methods, adjusted over all of them; no rows where
/// the pairs are too few or every p is 1.
[[nodiscard]] TextTable p_matrix(const Blocks& blocks);
/// Numbers of pairs, how the tests are made, and what they are too few for.
[[nodiscard]] std::string pair_note(const CellGroup& group);

/// CNCE > Error, CNCE > LatNCE, CANCE >= CNCE in mean, and others on pretrained features: holds,
/// does not hold, even or open, by tests that are planned and so corrected among themselves alone;
/// no rows where none of the methods ran.
[[nodiscard]] TextTable orderings_table(const CellGroup& group);

}  // namespace cance::report
