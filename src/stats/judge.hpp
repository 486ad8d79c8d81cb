// What a method's test scores are worth: AUROC and AUPRC always, precision, recall and F1 by the
// rules for tables, AUROC of each kind of anomaly (src/protocols.md, sections 1, 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cance::stats {

/// Which rows are flagged. none: no F1. known: as many as there are anomalies (P = R = F1). share:
/// a given share of all rows. normals: 80 % of the rows are called normal, and NORMAL is the
/// positive class, as in DROCC's code.
enum class FlagRule { none, known, share, normals };

struct Judging {
  FlagRule rule = FlagRule::none;
  double share = 0;                              ///< rho of FlagRule::share
  std::span<const std::int32_t> kinds = {};      ///< class of each row, 0 = normal; or empty
  std::span<const std::string> kind_names = {};  ///< by class
};

/// (metric, value): "auroc", "auprc"; "precision", "recall", "f1" by the rule; with kinds
/// "auroc:NAME" for each kind against all normal rows, and "auroc_kinds", their mean. Labels 1 =
/// anomalous, high score = anomalous. Error: no normal or no anomalous row, NaN.
[[nodiscard]] std::vector<std::pair<std::string, double>> judge(
    std::span<const double> scores, std::span<const std::uint8_t> labels, const Judging& judging);

/// The rule of a protocol, "goad" known, "dagmm" share, "drocc" normals, else none.
[[nodiscard]] FlagRule flag_rule(const std::string& protocol);

struct PrecisionRecallF1 {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  double threshold = 0;  ///< k-th largest score
};

/// Exactly k rows count as predicted anomalous, ties at the cut broken at random, in expectation.
/// Labels 1 = anomalous, high score = anomalous. Throws: no anomalous row, NaN, other labels.
[[nodiscard]] PrecisionRecallF1 precision_recall_f1(std::span<const double> scores,
                                                    std::span<const std::uint8_t> labels);

/// As `precision_recall_f1`, with any k in place of the number of anomalies; 0 < k <= n.
[[nodiscard]] PrecisionRecallF1 flag_top(std::span<const double> scores,
                                         std::span<const std::uint8_t> labels, std::size_t k);

}  // namespace cance::stats
