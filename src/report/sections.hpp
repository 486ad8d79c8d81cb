// What a report says: the tables and figures of each group of cells, and where every number comes
// from.
#pragma once

#include <string>

#include "report/gather.hpp"
#include "report/page.hpp"

namespace cance::report {

/// AUROC by case and method: "mean ± sd" over seeds, the best mean of a row bold, the average over
/// cases last.
[[nodiscard]] Table class_table(const Group& group);
/// The whole report.
[[nodiscard]] Document make_document(const Gathered& gathered, const std::string& title);

}  // namespace cance::report
