// The tables of the paper: by class or case, by corruption, by method and metric for a single case,
// and over all groups the ablation averages, F1 under each rule for tables, and pretrained
// features. Published numbers stand in columns or rows of their own, named so and in italics.
#pragma once

#include <string>
#include <vector>

#include "report/gather.hpp"
#include "report/published.hpp"
#include "report/tables.hpp"

namespace cance::report {

/// Whether numbers of others stand beside ours.
enum class Others { shown, hidden };

/// The table of a group: its lead metric by case and method with the average over cases last, or
/// for a single case every metric by method. "mean ± sd" over seeds, the best of a row bold (of a
/// column, where methods are rows). More methods than cases: methods are rows.
[[nodiscard]] Table group_table(const Group& group, Others others = Others::shown);
/// AUROC of each kind of anomaly, their mean, and all pooled; no rows where kinds are not told
/// apart.
[[nodiscard]] Table kinds_table(const Group& group);
/// Average of the lead metric beside all published averages, best first; no rows where none is
/// known.
[[nodiscard]] Table published_table(const Group& group);

/// The tables over all groups that have something to show.
[[nodiscard]] std::vector<Table> overview_tables(const std::vector<Group>& groups);

/// Where the numbers of others in a group come from; empty where there are none.
[[nodiscard]] std::string sources_note(const std::vector<Group>& groups);

}  // namespace cance::report
