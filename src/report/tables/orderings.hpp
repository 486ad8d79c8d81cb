// Which orderings of the paper (src/protocols.md, section 3) a group bears out.
#pragma once

#include "report/document/table.hpp"
#include "report/runs/gather.hpp"

namespace cance::report {

/// CNCE > Error, CNCE > LatNCE, CANCE >= CNCE in mean, and others on pretrained features: holds,
/// does not hold, even or open, by tests that are planned and so corrected among themselves alone;
/// no rows where none of the methods ran.
[[nodiscard]] TextTable orderings_table(const CellGroup& group);

}  // namespace cance::report
