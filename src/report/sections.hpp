// What a report says: the tables and figures of each group of cells, and where every number comes
// from.
#pragma once

#include <string>

#include "report/document/page.hpp"
#include "report/runs/gather.hpp"

namespace cance::report {

/// The whole report.
[[nodiscard]] Document make_document(const Gathered& gathered, const std::string& title);

}  // namespace cance::report
