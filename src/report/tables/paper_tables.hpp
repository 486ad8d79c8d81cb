// The tables of the paper: by class or case, by corruption, by method and metric for a single case,
// and over all groups the ablation averages, F1 under each rule for tables, and pretrained
// features. Published numbers stand in columns or rows of their own, named so and in italics.
#pragma once

#include <string>
#include <vector>

#include "report/document/table.hpp"
#include "report/runs/gather.hpp"
#include "report/tables/published.hpp"

namespace cance::report {

/// Whether numbers of others stand beside ours.
enum class Others { shown, hidden };

/// The tables of a group. Of several cases: its lead metric by case and method, the average over
/// cases last; of a single case: every metric by method; where kinds of anomalies are told apart,
/// AUROC by kind, their mean, and pooled. "mean ± sd" over seeds, the best of a row bold (of a
/// column, where methods are rows). More methods than cases: methods are rows.
[[nodiscard]] std::vector<TextTable> group_tables(const CellGroup& group,
                                                  Others others = Others::shown);
/// Average of the lead metric beside the published ones, best first; no rows without any.
[[nodiscard]] TextTable published_table(const CellGroup& group);

/// The tables over all groups that have something to show: the ablation; by data set and method,
/// with averages and average ranks, F1, AUROC and AUPRC of tables under each rule, AUROC and AUPRC
/// of features and of what else shares a protocol; all metrics of a table under several rules.
[[nodiscard]] std::vector<TextTable> overview_tables(const std::vector<CellGroup>& groups);

/// What a rule for tables trains on and judges, and which metric leads the group.
[[nodiscard]] std::string rule_note(const CellGroup& group);

/// Where the numbers of others in a group come from; empty where there are none.
[[nodiscard]] std::string sources_note(const std::vector<CellGroup>& groups);

}  // namespace cance::report
